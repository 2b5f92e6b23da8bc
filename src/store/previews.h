// What was previewed in pull requests: one row for each head of each. Losing it costs reviews, never safety: what
// nobody knows to be previewed waits for a person where a unit wants that.
#pragma once
#include "io/task.h"
#include "model/preview_record.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct PreviewKey {
    std::string repository;
    int number = 0;
    std::string head;

    auto operator<=>(const PreviewKey&) const = default;
};

struct PreviewRetention {
    int days = 90;
    std::size_t most_rows = 10'000;
};

// A call that returns is durable; one that throws Failure changed nothing.
class Previews {
public:
    virtual ~Previews() = default;
    // Takes the place of the row of this head. What is older than the retention, or too many, goes: rows that were
    // touched longest ago first.
    virtual Task<void> put(PreviewRecord record) = 0;
    virtual Task<std::optional<PreviewRecord>> find(PreviewKey key) = 0;
    // Of one pull request, the newest preview first.
    virtual Task<std::vector<PreviewRecord>> of_pull(std::string repository, int number) = 0;
    // The newest first; merged and closed ones by when they ended.
    virtual Task<std::vector<PreviewRecord>> with_state(PullState state, std::size_t most) = 0;
};

// When a row was touched last, and so how old it is.
UnixSeconds age_of(const PreviewRecord& record);

} // namespace kedge
