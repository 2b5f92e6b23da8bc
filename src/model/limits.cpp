#include "model/limits.h"

#include "model/change.h"

#include <algorithm>
#include <cstdint>

namespace kedge {

std::string_view to_text(LimitKind kind) {
    switch (kind) {
    case LimitKind::deletes:
        return "deletes";
    case LimitKind::auth_changes:
        return "auth changes";
    case LimitKind::updates:
        return "updates";
    case LimitKind::creates:
        return "creates";
    }
    return "changes";
}

std::optional<int> Limit::allowed(int population) const {
    if (count) return count;
    if (!percent) return std::nullopt;
    return std::max(1, static_cast<int>(static_cast<std::int64_t>(population) * *percent / 100));
}

const Limit& Limits::of(LimitKind kind) const {
    switch (kind) {
    case LimitKind::deletes:
        return deletes;
    case LimitKind::auth_changes:
        return auth_changes;
    case LimitKind::updates:
        return updates;
    case LimitKind::creates:
        break;
    }
    return creates;
}

bool counts_as(LimitKind kind, Action action, bool auth_change) {
    switch (kind) {
    case LimitKind::deletes:
        return action == Action::remove || action == Action::replace;
    case LimitKind::auth_changes:
        return auth_change && (action == Action::update || action == Action::rotate || action == Action::replace);
    case LimitKind::updates:
        return action == Action::update || action == Action::rotate;
    case LimitKind::creates:
        return action == Action::create;
    }
    return false;
}

} // namespace kedge
