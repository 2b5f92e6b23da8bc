#include "reconcile/schedule.h"

#include <algorithm>
#include <iterator>

namespace kedge {

void Schedule::set_due(const std::string& unit, State& state, Milliseconds due) {
    idle_.erase({state.due, unit});
    state.due = due;
    idle_.emplace(due, unit);
}

void Schedule::add(const std::string& unit, Milliseconds due) {
    const auto [found, fresh] = units_.try_emplace(unit);
    if (fresh) set_due(unit, found->second, due);
}

void Schedule::remove(const std::string& unit) {
    const auto found = units_.find(unit);
    if (found == units_.end()) return;
    idle_.erase({found->second.due, unit});
    units_.erase(found);
}

std::optional<std::string> Schedule::take(Milliseconds now) {
    if (idle_.empty() || idle_.begin()->first > now) return std::nullopt;
    auto unit = idle_.begin()->second;
    idle_.erase(idle_.begin());
    auto& state = units_.at(unit);
    state.under_way = true;
    state.woken = false;
    return unit;
}

void Schedule::ended(const std::string& unit, Milliseconds due) {
    const auto found = units_.find(unit);
    if (found == units_.end() || !found->second.under_way) return;
    auto& state = found->second;
    state.under_way = false;
    // Woken: its time is that of the pass that has just ended, so that it does not wait behind others.
    set_due(unit, state, state.woken ? std::min(state.due, due) : due);
    state.woken = false;
}

bool Schedule::wake(const std::string& unit, Milliseconds now) {
    const auto found = units_.find(unit);
    if (found == units_.end()) return false;
    auto& state = found->second;
    if (state.under_way)
        state.woken = true;
    else if (state.due > now)
        set_due(unit, state, now);
    return true;
}

std::optional<Milliseconds> Schedule::next() const {
    if (idle_.empty()) return std::nullopt;
    return idle_.begin()->first;
}

std::optional<Milliseconds> Schedule::due(const std::string& unit) const {
    const auto found = units_.find(unit);
    if (found == units_.end() || found->second.under_way) return std::nullopt;
    return found->second.due;
}

bool Schedule::is_under_way(const std::string& unit) const {
    const auto found = units_.find(unit);
    return found != units_.end() && found->second.under_way;
}

int Schedule::waiting(Milliseconds now) const {
    const auto end = std::find_if(idle_.begin(), idle_.end(), [now](const auto& one) { return one.first > now; });
    return static_cast<int>(std::distance(idle_.begin(), end));
}

} // namespace kedge
