#include "reconcile/pass_counts.h"

#include <algorithm>
#include <utility>

namespace kedge {

void PassCounts::ended(const std::string& unit, const Report* report, bool failed, Milliseconds took) {
    const auto* result = report != nullptr && report->superseded ? "superseded"
                         : failed                                ? "failed"
                         : report == nullptr                     ? "stopped"
                                                                 : "ok";
    counters_.passes.add({unit, result});
    counters_.pass_durations.add(took);
}

void PassCounts::looked(const std::string& unit, const Report& report, UnixSeconds now) {
    for (const auto& outcome : report.outcomes) {
        // What only waits is no outcome each minute anew: the holds say it.
        if (outcome.result == Result::held || outcome.result == Result::left_alone) continue;
        counters_.changes.add({std::string(to_text(outcome.change.action)), std::string(to_text(outcome.result))});
    }
    holds(unit, report, now);
    budget(unit, report);
}

void PassCounts::holds(const std::string& unit, const Report& report, UnixSeconds now) {
    auto before = std::exchange(held_since_[unit], {});
    auto& since = held_since_[unit];
    std::map<std::string, std::pair<int, UnixSeconds>> by_reason; // how many, the oldest
    for (const auto& change : report.plan.changes) {
        if (!change.held()) continue;
        for (const auto& hold : change.holds) {
            const std::string reason(to_text(hold.reason));
            const auto known = before.find(change.digest.hex() + reason);
            const auto first = known == before.end() ? now : known->second;
            since[change.digest.hex() + reason] = first;
            auto& [count, oldest] = by_reason[reason];
            oldest = count == 0 ? first : std::min(oldest, first);
            ++count;
        }
    }
    counters_.holds.forget(unit);
    counters_.oldest_hold.forget(unit);
    for (const auto& [reason, seen] : by_reason) {
        counters_.holds.set({unit, reason}, seen.first);
        counters_.oldest_hold.set({unit, reason}, static_cast<double>(seen.second));
    }
}

void PassCounts::budget(const std::string& unit, const Report& report) {
    counters_.budget.forget(unit);
    for (const auto& line : report.plan.budget) {
        if (line.allowed_hour <= 0) continue;
        const double used = static_cast<double>(line.used_hour) / line.allowed_hour;
        counters_.budget.set({unit, std::string(to_text(line.kind))}, std::min(used, 1.0));
    }
}

void PassCounts::forget(const std::string& unit) {
    held_since_.erase(unit);
    counters_.holds.forget(unit);
    counters_.oldest_hold.forget(unit);
    counters_.budget.forget(unit);
    counters_.passes.forget(unit);
}

} // namespace kedge
