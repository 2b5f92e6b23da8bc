#include "plan/offered.h"

#include "plan/field_paths.h"

#include <algorithm>

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

bool is_updatable(const Capabilities& can, const std::string& path) {
    return std::any_of(can.updatable.begin(), can.updatable.end(),
                       [&](const std::string& field) { return lies_under(path, field) || lies_under(field, path); });
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

std::string why_not_offered(const Capabilities& can, const Change& change) {
    auto whole = why_not_offered(can, change.action);
    const bool updates = change.action == Action::update || change.action == Action::rotate;
    if (!whole.empty() || !updates || can.updatable.empty()) return whole;
    const std::string* out_of_reach = nullptr;
    for (const auto& difference : change.differences) {
        if (is_updatable(can, difference.path)) return {};
        if (out_of_reach == nullptr) out_of_reach = &difference.path;
    }
    if (out_of_reach == nullptr) return {};
    return "this control plane cannot change \"" + *out_of_reach + "\"" + switch_for(can, "update");
}

} // namespace kedge
