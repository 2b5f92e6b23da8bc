// One ref of a remote repository, shared by every source that reads a folder of it: one mirror, one reading handle with
// its worker, one fetch at a time. Promises that callers who come while a fetch is under way share it where it is young
// enough, and wait for the next one otherwise; a failure is shared like a success. Folders are the sources' own.
#pragma once
#include "base/failure.h"
#include "io/waiters.h"
#include "io/worker.h"
#include "source/git_mirror.h"
#include "source/git_options.h"
#include "source/git_tree.h"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace kedge {

struct GitFetch {
    std::string commit;
    std::chrono::steady_clock::time_point began;
};

class GitRepository final {
public:
    // Of the options only what speaks of the repository counts; they are checked by whoever asks. `stop`: once it is
    // asked for, a fetch is given up; what is fetched can still be read.
    explicit GitRepository(GitSourceOptions options, Stop* stop = nullptr);

    // Which commit the ref leads to, by a fetch that began at most `max_age` before this call and after the last hint
    // that the repository moved. Throws Failure.
    Task<GitFetch> fetch(Milliseconds max_age);
    // The commit that a head leads to, or that id: fetched beside the ref, also when none of both is new. Throws
    // Failure.
    Task<std::string> fetch_head(std::string ref_or_id);
    // The branch that the remote's HEAD leads to. Throws Failure.
    Task<std::string> default_branch();
    // Somebody says that there is something new: no fetch that began before counts any more.
    void moved() { wanted_since_ = std::chrono::steady_clock::now(); }
    // The mirror lacks objects: the next fetch makes it anew.
    void note_damage();
    bool damaged() const { return damaged_; }

    // To be used together: the tree is touched on the worker only.
    GitTree& tree() { return tree_; }
    Worker& worker() { return worker_; }
    // Runs `work` there, which reads `tree`: this one, or another on the same mirror. Whether it found objects missing
    // is noted here, on the loop.
    template<class Work>
    Task<std::invoke_result_t<Work&>> on_worker(GitTree& tree, Work work);
    // Fetches that were really made.
    std::size_t fetches() const { return counts_.moved + counts_.same + counts_.failed; }
    struct FetchCounts {
        std::size_t moved = 0; // they led to another commit than the one before
        std::size_t same = 0;
        std::size_t failed = 0;
    };
    const FetchCounts& fetch_counts() const { return counts_; }

private:
    struct Ended {
        GitFetch fetch;
        std::exception_ptr failure;
    };
    using Moment = std::chrono::steady_clock::time_point;
    bool counts(const Ended& ended, Moment called, Milliseconds max_age) const;
    Task<std::shared_ptr<AtEnd>> take_turn();
    Task<GitFetch> lead();
    Task<std::string> fetch_commit();
    Task<std::string> commit_of(std::string ref, std::string meant);

    GitSourceOptions options_;
    GitTree tree_;
    Worker worker_; // ends before what its work uses
    GitMirror mirror_;
    Waiters waiters_;
    std::optional<Ended> last_;
    Moment wanted_since_{};
    bool under_way_ = false;
    bool damaged_ = false;
    bool remaking_ = false;
    FetchCounts counts_;
    std::string last_commit_;
};

template<class Work>
Task<std::invoke_result_t<Work&>> GitRepository::on_worker(GitTree& tree, Work work) {
    bool damage = false;
    auto tell = [&tree, &work, &damage] {
        try {
            return work();
        } catch (const Failure&) {
            damage = tree.damaged();
            throw;
        }
    };
    std::optional<std::invoke_result_t<Work&>> result;
    std::exception_ptr failure;
    try {
        result = co_await worker_.run(std::move(tell));
    } catch (const Failure&) {
        failure = std::current_exception();
    }
    if (damage) note_damage();
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*result);
}

} // namespace kedge
