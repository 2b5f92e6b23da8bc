// The GAIA AI dialect under whatever it may be answered, in both variants.
#pragma once
#include "dialect/gaia.h"
#include "tests/fuzz/dialect_checks.h"

namespace kedge::fuzz {

inline const Dialect& gaia(bool as_built) {
    static const std::unique_ptr<Dialect> built = make_gaia({.project = "p1", .as_built = true, .validate = true});
    static const std::unique_ptr<Dialect> documented =
        make_gaia({.project = "p1", .as_built = false, .validate = true});
    return as_built ? *built : *documented;
}

inline Subject gaia_subject(bool as_built) {
    return {gaia(as_built),
            as_built ? "/api/v1/mcp" : "/api/mcp/",
            "mcp_1",
            {{"type", "mcp-server/remote"},
             {"name", "github"},
             {"url", "https://mcp.example.com/mcp"},
             {"additional_headers", {{"X-Team", "core"}}},
             {"x-kedge", {{"gaia", {{"transport", "sse"}}}}}}};
}

inline void check_gaia_read(std::string_view text) {
    for (const bool as_built : {true, false}) check_read(gaia_subject(as_built), text);
}
inline void check_gaia_next(std::string_view input) {
    for (const bool as_built : {true, false}) check_next(gaia_subject(as_built), input);
}

} // namespace kedge::fuzz
