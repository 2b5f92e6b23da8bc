// The APIs that the sandbox speaks, as a table: what --list says of each, and how one is made.
#pragma once
#include "sandbox/control_plane.h"
#include "sandbox/knob_rows.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct ApiEntry {
    std::string_view name;                // of --api
    std::string_view title;               // the product
    std::string_view prefix;              // that its routes are under; empty: none
    std::string_view variants;            // what is published twice, or not at all, and which knob chooses
    std::vector<std::string> demo_tokens; // TOKEN:ROLE, used where none are given
    std::string_view token_help;          // how a token is sent
    std::vector<RouteRow> routes;
    std::vector<KnobText> knobs;
    std::unique_ptr<ControlPlane> (*make)(PlaneOptions options);
};

const std::vector<ApiEntry>& apis();
const ApiEntry* api_entry(std::string_view name); // null where there is none

} // namespace kedge::sandbox
