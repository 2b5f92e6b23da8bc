// What previews have to do, one line for each thing: who asks for what waits already asks for nothing new. Never two of
// one pull request at once; what a person waits for goes first.
#pragma once
#include "base/duration.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace kedge {

struct PreviewJob {
    enum class What : std::uint8_t {
        look,    // at a pull request: plan it and say so
        order,   // at a comment of it that may be a command
        group,   // at a commit of a merge queue: only its status is said
        poll,    // at all open pull requests of the repository
        outcome, // what became of merged ones, of whatever repository
        applied, // what became of a commit of the base branch
    };
    What what = What::look;
    std::string repository;
    int number = 0;
    std::string subject; // order: id of the comment; group, applied: the commit
    std::string more;    // group: the branch that the queue merges into; order: digest of the commands that were told

    auto operator<=>(const PreviewJob&) const = default;
};

class JobQueue final {
public:
    explicit JobQueue(std::size_t most = 5000) : most_(most) {}

    // The earlier time and the greater haste of both count, where it waits already. False: there is no room; for a
    // poll, which finds again whatever was turned away, there always is.
    bool put(PreviewJob job, Milliseconds due, bool urgent);
    // One that is due and may begin, until done() under way. Urgent ones first, in the order of their coming.
    std::optional<PreviewJob> take(Milliseconds now);
    void done(const PreviewJob& job);
    // When the next one is due that may begin; nothing: none waits.
    std::optional<Milliseconds> next() const;
    bool waits(const PreviewJob& job) const { return waiting_.contains(job); }
    std::size_t size() const { return waiting_.size(); }
    void clear() { waiting_.clear(); }

private:
    struct Waiting {
        Milliseconds due{0};
        bool urgent = false;
        std::uint64_t order = 0;
    };
    static std::string subject_of(const PreviewJob& job);

    std::size_t most_;
    std::map<PreviewJob, Waiting> waiting_;
    std::multiset<std::string> under_way_; // subjects
    std::uint64_t next_order_ = 0;
};

} // namespace kedge
