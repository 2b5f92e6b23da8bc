// What the Gravity Rail dialect's tests share: a manifest, and the server that it describes in each of its states.
#pragma once
#include "dialect/gravity_rail.h"
#include "tests/dialect/truefoundry_world.h"

namespace kedge::testing::rail {

inline const std::string workspace = "0f8fad5b-d9cb-469f-a165-70867728950e";
inline const std::string servers = "/api/v2/w/" + workspace + "/mcp-servers";

inline Json manifest(const Json& enabled = true) {
    Json it{{"type", "mcp-server/remote"},
            {"name", "github"},
            {"description", "d"},
            {"url", "https://example.com/mcp"},
            {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    if (!enabled.is_null()) it["x-kedge"] = {{"gravity_rail", {{"enabled", enabled}}}};
    return it;
}

inline Json server(const std::string& state = "READY", bool enabled = true, int id = 7) {
    return {{"id", id},
            {"uuid", "u"},
            {"name", "github"},
            {"url", "https://example.com/mcp"},
            {"authType", "oauth"},
            {"state", state},
            {"enabled", enabled},
            {"createdAt", "2026-01-01T00:00:00Z"},
            {"updatedAt", "2026-01-02T00:00:00Z"}};
}

inline Json detail(Json what) {
    return {{"detail", std::move(what)}};
}
inline Exchange gone() {
    return answered(404, detail("MCP server not found"));
}
inline Json sign_in() {
    return {{"code", "auth_required"}, {"authType", "oauth"}, {"authorizeUrl", "https://login.example.com/o?state=1"}};
}

inline Operation operation(OperationKind kind, const Json& enabled = true) {
    Operation it;
    it.kind = kind;
    it.name = "github";
    it.type = "mcp-server/remote";
    it.document = manifest(enabled);
    it.remote_id = kind == OperationKind::create ? "" : "7";
    return it;
}

inline std::unique_ptr<Dialect> dialect(bool writes = true, bool probe = true) {
    GravityRailOptions options;
    options.workspace = workspace;
    options.writes = writes;
    options.probe = probe;
    return make_gravity_rail(options);
}

} // namespace kedge::testing::rail
