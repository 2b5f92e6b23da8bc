// How much one pass, and one rolling hour, may change without a person's yes; and what of that is used.
#pragma once
#include "base/digest.h"
#include "base/duration.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class Action;

// What is counted. A replacement counts as a delete; an update that changes auth counts as both.
enum class LimitKind { deletes, auth_changes, updates, creates };
std::string_view to_text(LimitKind kind); // "deletes", "auth changes", ...

struct Limit {
    std::optional<int> percent; // of the owned registrations, at least one
    std::optional<int> count;   // absolute; neither: unlimited

    // How many one pass may do; nothing: any number.
    std::optional<int> allowed(int population) const;
    bool operator==(const Limit&) const = default;
};

struct Limits {
    Limit deletes{10, {}};
    Limit auth_changes{10, {}};
    Limit updates{30, {}};
    Limit creates;
    int population = 10; // of fewer owned registrations nothing is limited

    const Limit& of(LimitKind kind) const;
    bool operator==(const Limits&) const = default;
};

// A write of the last day, as the ledger remembers it: for the rolling hour, and to see that one is repeated.
struct PastWrite {
    UnixSeconds at = 0;
    Action action{};
    bool auth_change = false;
    Digest change;

    bool operator==(const PastWrite&) const = default;
};

// One kind in one plan. `allowed_hour` is twice `allowed_pass`.
struct BudgetLine {
    LimitKind kind = LimitKind::deletes;
    int planned = 0;   // would run, or are held by this limit alone
    int used_hour = 0; // written in the last hour
    int allowed_pass = 0;
    int allowed_hour = 0;

    bool exceeded() const { return planned > 0 && (planned > allowed_pass || planned + used_hour > allowed_hour); }
    bool operator==(const BudgetLine&) const = default;
};

// Does a write of this kind count against that limit?
bool counts_as(LimitKind kind, Action action, bool auth_change);

} // namespace kedge
