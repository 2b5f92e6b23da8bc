#include "model/unit_status.h"

namespace kedge {

std::string_view to_text(UnitState state) {
    switch (state) {
    case UnitState::waiting:
        return "waiting";
    case UnitState::in_sync:
        return "in-sync";
    case UnitState::pending:
        return "pending";
    case UnitState::failing:
        break;
    }
    return "failing";
}

std::string_view to_text(ResourceStatus::State state) {
    using enum ResourceStatus::State;
    switch (state) {
    case in_sync:
        return "in-sync";
    case pending:
        return "pending";
    case held:
        return "held";
    case left_alone:
        return "left-alone";
    case invalid:
        break;
    }
    return "invalid";
}

} // namespace kedge
