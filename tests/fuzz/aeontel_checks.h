// The Aeontel dialect under whatever it may be answered, with and without what is not published.
#pragma once
#include "dialect/aeontel.h"
#include "tests/fuzz/dialect_checks.h"

namespace kedge::fuzz {

inline const Dialect& aeontel(bool published) {
    static const std::unique_ptr<Dialect> full = make_aeontel({.workspace = "wsp_1"});
    static const std::unique_ptr<Dialect> bare = make_aeontel({.workspace = "wsp_1", .published = true});
    return published ? *bare : *full;
}

inline Subject aeontel_subject(bool published) {
    const Json block{{"connector_id", "con_1"}, {"connector_config", {{"region", "eu"}}}};
    return {aeontel(published),
            published ? "/api/" : "/api/mcp-servers",
            "mcp_1",
            {{"type", "mcp-server/remote"},
             {"name", "github"},
             {"url", "https://mcp.example.com/mcp"},
             {"additional_headers", {{"X-Team", "core"}}},
             {"x-kedge", {{"aeontel", block}}}}};
}

inline void check_aeontel_read(std::string_view text) {
    check_read(aeontel_subject(false), text);
}
inline void check_aeontel_next(std::string_view input) {
    for (const bool published : {false, true}) check_next(aeontel_subject(published), input);
}

} // namespace kedge::fuzz
