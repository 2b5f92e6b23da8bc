// The Zudu dialect under whatever it may be answered.
#pragma once
#include "dialect/zudu.h"
#include "tests/fuzz/dialect_checks.h"

namespace kedge::fuzz {

inline Subject zudu() {
    static const std::unique_ptr<Dialect> dialect = make_zudu(ZuduOptions{.deletes = true});
    const Json block{{"approval_policy", "require_approval_per_tool"},
                     {"tool_approvals", {{"search", {{"hash", "h"}, {"auto_approve", true}}}}}};
    return {*dialect,
            "/api/mcp-servers",
            "mcp_1",
            {{"type", "mcp-server/remote"},
             {"name", "github"},
             {"url", "https://mcp.example.com/mcp"},
             {"x-kedge", {{"zudu", block}}}}};
}

inline void check_zudu_read(std::string_view text) {
    check_read(zudu(), text);
}
inline void check_zudu_next(std::string_view input) {
    check_next(zudu(), input);
}

} // namespace kedge::fuzz
