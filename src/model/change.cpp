#include "model/change.h"

namespace kedge {

std::string_view to_text(Action action) {
    switch (action) {
    case Action::create:
        return "create";
    case Action::update:
        return "update";
    case Action::rotate:
        return "rotate";
    case Action::replace:
        return "replace";
    case Action::remove:
        return "delete";
    case Action::adopt:
        return "adopt";
    case Action::keep:
        return "keep";
    }
    return "keep";
}

std::string_view to_text(HoldReason reason) {
    switch (reason) {
    case HoldReason::sign_out:
        return "sign-out";
    case HoldReason::delete_:
        return "delete";
    case HoldReason::foreign:
        return "foreign";
    case HoldReason::conflict:
        return "conflict";
    case HoldReason::replace:
        return "replace";
    case HoldReason::depends:
        return "depends";
    case HoldReason::unsure:
        return "unsure";
    case HoldReason::paused:
        return "paused";
    case HoldReason::duplicate:
        return "duplicate";
    case HoldReason::review:
        return "review";
    case HoldReason::limit:
        return "limit";
    case HoldReason::lost:
        return "lost";
    case HoldReason::upgrade:
        return "upgrade";
    case HoldReason::loop:
        return "loop";
    }
    return "foreign";
}

} // namespace kedge
