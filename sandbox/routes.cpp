// The table of routes, who may use each, and the way of a request to its handler.
#include "sandbox/answers.h"
#include "sandbox/serving.h"
#include "sandbox/truefoundry.h"

namespace kedge::sandbox {

namespace {

enum class Access { open, anyone, writers, admins };

} // namespace

struct TrueFoundry::Route {
    std::string_view method;
    std::string_view pattern;
    Access access;
    HttpResponse (TrueFoundry::*handler)(Call&);
    std::string_view label; // for counters
    std::string_view meaning;
};

const std::vector<TrueFoundry::Route>& TrueFoundry::table() {
    using T = TrueFoundry;
    using enum Access;
    static const std::vector<Route> rows{
        {"PUT", "/mcp", writers, &T::put_mcp, "PUT /mcp", "create or update a server by its name"},
        {"GET", "/mcp", anyone, &T::list_mcp, "GET /mcp", "list servers (limit, offset, filter)"},
        {"GET", "/mcp/{id}", anyone, &T::get_mcp, "GET /mcp/{id}", "one server, secrets masked"},
        {"DELETE", "/mcp/{id}", writers, &T::delete_mcp, "DELETE /mcp/{id}", "delete it with its credentials"},
        {"GET", "/mcp/{id}/auth", anyone, &T::list_auth, "GET /mcp/{id}/auth", "per-subject credentials"},
        {"PUT", "/mcp/{id}/auth", anyone, &T::put_auth, "PUT /mcp/{id}/auth", "set a subject's override"},
        {"DELETE", "/mcp/{id}/auth", anyone, &T::delete_auth, "DELETE /mcp/{id}/auth", "disconnect a subject"},
        {"DELETE", "/mcp/{id}/auth/tokens", admins, &T::delete_tokens, "DELETE /mcp/{id}/auth/tokens",
         "drop all credentials of the server"},
        {"GET", "/mcp/{id}/auth/status", anyone, &T::auth_status, "GET /mcp/{id}/auth/status", "status of a subject"},
        {"GET", "/mcp/{id}/auth/state", anyone, &T::auth_state, "GET /mcp/{id}/auth/state", "the same with a reason"},
        {"GET", "/mcp/{id}/authorize", anyone, &T::authorize, "GET /mcp/{id}/authorize",
         "the caller's status and consent address"},
        {"PUT", "/apply", writers, &T::apply, "PUT /apply", "create or update from any manifest"},
        {"POST", "/delete", writers, &T::delete_by_manifest, "POST /delete", "delete by type and name"},
        {"POST", "/dependency-tree", anyone, &T::dependency_tree, "POST /dependency-tree",
         "order of manifests by what they name"},
        {"POST", "/mcp-servers/openapi-spec-upload-url", writers, &T::upload_url, "POST upload-url",
         "where to upload an OpenAPI document"},
        {"PUT", "/sandbox-store/{id}", open, &T::upload, "PUT /sandbox-store/{id}", "that upload"},
        {"GET", "/session", open, &T::session, "GET /session", "who am I; user is null for a bad token"},
        {"GET", "/tenant-id", open, &T::tenant_id, "GET /tenant-id", "the tenant of a host"},
        {"GET", "/min-cli-version", open, &T::min_cli_version, "GET /min-cli-version", "oldest CLI that may be used"},
        {"GET", "/llm-gateway/installations", anyone, &T::installations, "GET /llm-gateway/installations", "gateways"},
        {"GET", "/collaborators", anyone, &T::collaborators, "GET /collaborators", "who has access to a server"},
    };
    return rows;
}

std::vector<RouteRow> TrueFoundry::routes() {
    std::vector<RouteRow> rows;
    for (const auto& route : table()) {
        rows.push_back({std::string(route.method), std::string(route.pattern), std::string(route.meaning)});
    }
    return rows;
}

const TrueFoundry::Route* TrueFoundry::find_route(Call& call) const {
    for (const auto& route : table()) {
        if (route.method != call.request.method || !match_route(route.pattern, call.path, call.slots)) continue;
        if (!call.slots.empty()) call.id = call.slots.front();
        return &route;
    }
    return nullptr;
}

HttpResponse TrueFoundry::dispatch(Call& call) {
    const Route* route = find_route(call);
    if (!route) return error_answer(404, "Cannot " + call.request.method + " " + call.request.target);
    call.route = route->label;
    if (route->access == Access::open) return (this->*route->handler)(call);
    if (!call.who) return error_answer(401, "Unauthorized");
    const bool allowed = route->access == Access::anyone ||
                         (route->access == Access::writers && may_write(call.who->role)) ||
                         (route->access == Access::admins && call.who->role == Role::admin);
    if (!allowed) {
        return error_answer(403,
                            "You do not have permission to " + std::string(route->meaning) + " in tenant " + tenant());
    }
    if (!call.id.empty()) {
        call.server = registry().by_id(call.id);
        if (!call.server || !visible(*call.server, *call.who)) return not_found(call.id);
        call.note.name = call.server->name;
    }
    return (this->*route->handler)(call);
}

} // namespace kedge::sandbox
