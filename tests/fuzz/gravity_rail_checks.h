// The Gravity Rail dialect under whatever it may be answered.
#pragma once
#include "dialect/gravity_rail.h"
#include "tests/fuzz/dialect_checks.h"

namespace kedge::fuzz {

inline Subject gravity_rail() {
    static const std::unique_ptr<Dialect> dialect =
        make_gravity_rail({.workspace = "0f8fad5b-d9cb-469f-a165-70867728950e", .writes = true});
    return {*dialect,
            "/api/v2/w/0f8fad5b-d9cb-469f-a165-70867728950e/mcp-servers",
            "7",
            {{"type", "mcp-server/remote"},
             {"name", "github"},
             {"url", "https://mcp.example.com/mcp"},
             {"x-kedge", {{"gravity_rail", {{"enabled", true}}}}}}};
}

inline void check_gravity_rail_read(std::string_view text) {
    check_read(gravity_rail(), text);
}
inline void check_gravity_rail_next(std::string_view input) {
    check_next(gravity_rail(), input);
}

} // namespace kedge::fuzz
