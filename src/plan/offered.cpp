#include "plan/offered.h"

namespace kedge {

namespace {

// What the dialect says about the request that is missing: how it is switched on.
std::string switch_for(const Capabilities& can, const std::string& request) {
    for (const auto& assumption : can.assumptions) {
        if (assumption.find(request) != std::string::npos) return "; " + assumption;
    }
    return {};
}

std::string missing(const Capabilities& can, const std::string& request) {
    return "this control plane cannot " + request + switch_for(can, request);
}

} // namespace

std::string why_not_offered(const Capabilities& can, Action action) {
    switch (action) {
    case Action::create:
        return can.create ? "" : missing(can, "create");
    case Action::update:
    case Action::rotate:
        return can.update ? "" : missing(can, "update");
    case Action::remove:
        return can.remove ? "" : missing(can, "delete");
    case Action::replace:
        return !can.create ? missing(can, "create") : can.remove ? "" : missing(can, "delete");
    case Action::adopt:
    case Action::keep:
        break;
    }
    return {};
}

} // namespace kedge
