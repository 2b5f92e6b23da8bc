#include "sandbox/gaia.h"

#include "sandbox/documents.h"
#include "sandbox/rows.h"

namespace kedge::sandbox {

const std::vector<KnobRowOf<GaiaKnobs>>& gaia_knobs() {
    using K = GaiaKnobs;
    static const std::vector<KnobRowOf<K>> rows{
        {"dialect", &K::dialect, {"as_built", "documented"}, "paths, auth, transport, header items, errors"},
        {"documented_base", &K::documented_base, {"/api", "/api/v1"}, "base of the documented paths; both are named"},
        {"documented_list", &K::documented_list, {"short", "full"}, "rows of the documented list"},
        {"secrets", &K::secrets, {"dialect", "echoed", "withheld"}, "env, headers, OAuth secret, proxy token in rows"},
        {"unknown_id",
         &K::unknown_id,
         {"dialect", "success", "missing"},
         "update or delete of an unknown id; as built: success"},
        {"proxy_rule", &K::proxy_rule, {"dialect", "yes", "no"}, "connectionType proxy needs proxyUrl; as built: yes"},
        {"projects", &K::projects, {}, "comma list of projects that exist; empty: all do"},
        {"unreachable", &K::unreachable, {}, "comma list of URL patterns (*) at which no MCP server answers"},
        {"timing_out", &K::timing_out, {}, "the same for servers that are too slow"},
        {"asking_auth", &K::asking_auth, {}, "the same for servers that want a bearer token (detect-auth)"},
    };
    return rows;
}

Gaia::Gaia(GaiaKnobs knobs, PlaneOptions options)
    : ground_("gaia", std::move(options)), knobs_(first_knobs(ground_, std::move(knobs), gaia_knobs())) {}

const std::vector<ProductRoute<Gaia>>& Gaia::as_built_table() {
    using G = Gaia;
    using enum Need;
    static const std::vector<ProductRoute<G>> rows{
        {"GET", "/api/v1/mcp", reading, &G::list, "as built: servers of projectId="},
        {"POST", "/api/v1/mcp", writing, &G::create, "as built: create; answers the id only"},
        {"POST", "/api/v1/mcp/validate", reading, &G::validate, "as built: does an MCP server answer; stores nothing"},
        {"POST", "/api/v1/mcp/detect-auth", reading, &G::detect_auth, "as built: what auth it wants"},
        {"POST", "/api/v1/mcp/detect-transport", reading, &G::detect_transport, "as built: what it speaks"},
        {"GET", "/api/v1/mcp/{id}", reading, &G::get, "as built: one server"},
        {"PATCH", "/api/v1/mcp/{id}", writing, &G::update, "as built: update what can be updated"},
        {"DELETE", "/api/v1/mcp/{id}", writing, &G::remove, "as built: delete"},
        {"POST", "/api/v1/mcp/{id}/connect", writing, &G::connect, "as built: connect"},
        {"POST", "/api/v1/mcp/{id}/disconnect", writing, &G::disconnect, "as built: disconnect"},
        {"GET", "/api/v1/mcp/{id}/tools", reading, &G::tools, "as built: tools; connects"},
        {"GET", "/api/v1/mcp/{id}/resources", reading, &G::resources, "as built: resources; connects"},
        {"GET", "/api/v1/mcp/{id}/prompts", reading, &G::prompts, "as built: prompts; connects"},
        {"POST", "/api/v1/mcp/{id}/resources/read", reading, &G::read_resource, "as built: one resource"},
    };
    return rows;
}

const std::vector<ProductRoute<Gaia>>& Gaia::documented_table() {
    using G = Gaia;
    using enum Need;
    static const std::vector<ProductRoute<G>> rows{
        {"GET", "/api/mcp/servers", reading, &G::list, "documented: servers of projectId="},
        {"POST", "/api/mcp/servers", writing, &G::create, "documented: create; answers the id only"},
        {"GET", "/api/mcp/servers/{id}", reading, &G::get, "documented: one server"},
        {"PATCH", "/api/mcp/servers/{id}", writing, &G::update, "documented: update"},
        {"DELETE", "/api/mcp/servers/{id}", writing, &G::remove, "documented: delete"},
        {"POST", "/api/mcp/validate", reading, &G::validate, "documented: does an MCP server answer"},
        {"POST", "/api/mcp/detect-auth", reading, &G::detect_auth, "documented: what auth it wants"},
        {"POST", "/api/mcp/detect-transport", reading, &G::detect_transport, "documented: what it speaks"},
        {"POST", "/api/mcp/connect", writing, &G::connect, "documented: connect {id}"},
        {"POST", "/api/mcp/disconnect", writing, &G::disconnect, "documented: disconnect {id}"},
        {"GET", "/api/mcp/tools", reading, &G::tools, "documented: tools of id="},
        {"GET", "/api/mcp/resources", reading, &G::resources, "documented: resources of id="},
        {"GET", "/api/mcp/prompts", reading, &G::prompts, "documented: prompts of id="},
        {"GET", "/api/mcp/resource", reading, &G::read_resource, "documented: resource uri= of id="},
    };
    return rows;
}

std::vector<RouteRow> Gaia::routes() {
    auto rows = route_rows(as_built_table());
    const auto documented = route_rows(documented_table());
    rows.insert(rows.end(), documented.begin(), documented.end());
    return rows;
}

Exchange Gaia::serve(const HttpRequest& request) {
    Call call{.request = request, .path = ground_.path_of(request.target)};
    std::string path; // of the documented table, where its base is the other one
    if (documented() && knobs_.documented_base != "/api") {
        const bool under = call.path.starts_with(knobs_.documented_base);
        path = under ? "/api" + std::string(call.path.substr(knobs_.documented_base.size())) : "";
        call.path = path;
    }
    const auto key = documented() ? bearer(request) : header(request.headers, "gaia-api-key");
    call.who = ground_.people().find(key);
    return serve_routes(*this, documented() ? documented_table() : as_built_table(), call);
}

HttpResponse Gaia::refuse(int status, const std::string& message) const {
    if (documented()) return json_answer(status, Json{{"success", false}, {"message", message}, {"error", message}});
    const std::string code = status == 400   ? "BAD_REQUEST"
                             : status == 401 ? "UNAUTHORIZED"
                             : status == 429 ? "TOO_MANY_REQUESTS"
                                             : "INTERNAL_SERVER_ERROR";
    return json_answer(status, Json{{"defined", false}, {"code", code}, {"status", status}, {"message", message}});
}

HttpResponse Gaia::fail(int status, const std::string& message) const {
    if (documented()) return refuse(status, message);
    return json_answer(200, Json{{"success", false}, {"message", message}});
}

HttpResponse Gaia::absent(const Call& call) const {
    const auto path = call.request.target.substr(0, call.request.target.find('?'));
    if (!documented() && call.path.starts_with("/api/v1/")) {
        return json_answer(404, Json{{"error", "Route not found"}, {"path", path}});
    }
    HttpResponse response;
    response.status = 404;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.body =
        "<!DOCTYPE html><html><head><title>404: This page could not be found.</title></head><body></body></html>";
    return response;
}

std::optional<HttpResponse> Gaia::admit(const Call& call, Need) const {
    if (call.who) return std::nullopt;
    if (documented()) return refuse(401, "Unauthorized");
    const bool missing = header(call.request.headers, "gaia-api-key").empty();
    return refuse(401, missing ? "Missing apikey" : "Invalid apikey");
}

std::optional<std::string> Gaia::turn_knobs(const Json& values, bool fresh) {
    return turn(ground_, knobs_, gaia_knobs(), values, fresh);
}

Server& Gaia::add(const Json& document) {
    const auto number = ground_.registry().next_number();
    const auto seed = ground_.options().seed;
    Server server;
    server.id = documented() ? "mcp_" + id_letters(seed, number, 12) : id_uuid(seed, number);
    server.type = text_of(document, "projectId");
    return add_document(ground_, std::move(server), document);
}

std::optional<std::string> Gaia::save(Json document, Server* live, bool raw) {
    if (text_of(document, "name").empty()) return "server: a text \"name\" is wanted";
    if (!raw) {
        Json given = document;
        if (live) to_stored(given);
        const auto problems = check_fields(given, gaia_create_fields(documented() && !live), false);
        if (!problems.empty()) return "server: " + problems_text(problems);
        to_stored(document);
    }
    if (live) {
        change_document(ground_, *live, document);
    } else {
        add(document);
    }
    return std::nullopt;
}

Json Gaia::shown(const Server& server) {
    Json all = server.document();
    all["id"] = server.id;
    all["createdAt"] = iso_time(server.created_ms / 1000 * 1000);
    all["updatedAt"] = iso_time(server.updated_ms / 1000 * 1000);
    return without_secrets(std::move(all));
}

Json Gaia::row(const Server& server, bool in_list) const {
    const Json document = server.document();
    Json row = {{"id", server.id},
                {"createdAt", iso_time(server.created_ms / 1000 * 1000)},
                {"updatedAt", iso_time(server.updated_ms / 1000 * 1000)},
                {"connectionType", "proxy"},
                {"proxyAuthHeader", "Authorization"},
                {"requestTimeout", 30000},
                {"maxTotalTimeout", 60000},
                {"resetTimeoutOnProgress", true},
                {"status", "connecting"}};
    for (const char* key : {"projectId",
                            "name",
                            "description",
                            "url",
                            "transportType",
                            "connectionType",
                            "command",
                            "args",
                            "env",
                            "customHeaders",
                            "oauthClientId",
                            "oauthClientSecret",
                            "oauthScope",
                            "proxyUrl",
                            "proxyAuthToken",
                            "proxyAuthHeader",
                            "requestTimeout",
                            "maxTotalTimeout",
                            "capabilities",
                            "serverImplementation",
                            "sessionId",
                            "protocolVersion",
                            "status",
                            "lastError",
                            "lastConnectedAt"}) {
        if (document.contains(key))
            row[key] = document[key];
        else if (!row.contains(key))
            row[key] = nullptr;
    }
    if (documented()) {
        if (row["transportType"] == "streamable-http") row["transportType"] = "http";
        for (auto& item : row["customHeaders"]) item = Json{{"key", item["name"]}, {"value", item["value"]}};
    }
    const bool withheld = knobs_.secrets == "dialect" ? documented() : knobs_.secrets == "withheld";
    for (const char* key : {"env", "customHeaders", "oauthClientSecret", "proxyAuthToken"}) {
        if (withheld) row.erase(key);
    }
    if (!in_list || !documented() || knobs_.documented_list == "full") return row;
    Json brief = Json::object();
    for (const char* key : {"id", "projectId", "name", "description", "url", "transportType", "connectionType",
                            "status", "createdAt", "updatedAt"}) {
        brief[key] = row[key];
    }
    return brief;
}

} // namespace kedge::sandbox
