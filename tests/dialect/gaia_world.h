// What the GAIA AI dialect's tests share: manifests, rows of both variants, and answers with their flag.
#pragma once
#include "dialect/gaia.h"
#include "tests/dialect/golden.h"

namespace kedge::testing::gaia {

inline GaiaOptions options(bool as_built = true) {
    GaiaOptions it;
    it.project = "p1";
    it.as_built = as_built;
    return it;
}
inline std::unique_ptr<Dialect> dialect(bool as_built = true) {
    return make_gaia(options(as_built));
}

inline Json manifest() {
    return {
        {"type", "mcp-server/remote"}, {"name", "github"}, {"description", "d"}, {"url", "https://example.com/mcp"}};
}
inline Json with_headers() {
    auto document = manifest();
    document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "Bearer k1"}}}};
    document["additional_headers"] = {{"X-Team", "core"}};
    return document;
}
inline Json with_oauth() {
    auto document = manifest();
    document["auth_data"] = {{"type", "oauth2"}, {"client_id", "c1"}, {"client_secret", "s1"}, {"scopes", {"r", "w"}}};
    return document;
}
inline Json with_proxy() {
    auto document = manifest();
    document["x-kedge"]["gaia"] = {{"transport", "sse"},         {"proxy_url", "https://proxy.example.com"},
                                   {"proxy_auth_token", "t1"},   {"proxy_auth_header", "X-Proxy"},
                                   {"request_timeout_ms", 5000}, {"max_total_timeout_ms", 9000}};
    return document;
}
inline Json stdio() {
    Json document{{"type", "mcp-server/stdio"},
                  {"name", "github"},
                  {"description", "d"},
                  {"command", "npx"},
                  {"args", {"-y", "server"}}};
    document["auth_data"] = {{"type", "env"}, {"env", {{"TOKEN", "t1"}}}};
    document["x-kedge"]["gaia"] = {{"proxy_url", "https://proxy.example.com"}};
    return document;
}

// As built: the whole row, secrets in clear.
inline Json row(const Json& more = Json::object()) {
    Json it{{"id", "645badf8"},
            {"createdAt", "2026-11-21T04:07:32.000Z"},
            {"updatedAt", "2026-11-21T04:07:32.000Z"},
            {"projectId", "p1"},
            {"name", "github"},
            {"description", "d"},
            {"url", "https://example.com/mcp"},
            {"transportType", "streamable-http"},
            {"connectionType", "direct"},
            {"proxyAuthHeader", "Authorization"},
            {"requestTimeout", 30000},
            {"maxTotalTimeout", 60000},
            {"resetTimeoutOnProgress", true},
            {"status", "connecting"}};
    for (const char* key : {"command", "args", "env", "customHeaders", "oauthClientId", "oauthClientSecret",
                            "oauthScope", "proxyUrl", "proxyAuthToken", "capabilities", "serverImplementation",
                            "sessionId", "protocolVersion", "lastError", "lastConnectedAt"})
        it[key] = nullptr;
    it.update(more);
    return it;
}
inline Json headers_row() {
    return row({{"customHeaders",
                 {{{"name", "Authorization"}, {"value", "Bearer k1"}, {"enabled", true}},
                  {{"name", "X-Team"}, {"value", "core"}, {"enabled", true}}}}});
}
// As documented: fewer fields, and no secrets.
inline Json shown_row(const Json& more = Json::object()) {
    Json it{{"id", "645badf8"},
            {"projectId", "p1"},
            {"name", "github"},
            {"description", "d"},
            {"url", "https://example.com/mcp"},
            {"transportType", "http"},
            {"connectionType", "direct"},
            {"command", nullptr},
            {"args", nullptr},
            {"status", "connected"},
            {"updatedAt", "2026-11-21T04:07:32Z"}};
    it.update(more);
    return it;
}

inline Exchange server(Json row) {
    return answered(200, Json{{"success", true}, {"server", std::move(row)}});
}
inline Exchange servers(std::vector<Json> rows) {
    return answered(200, Json{{"success", true}, {"servers", std::move(rows)}});
}
inline Exchange says(bool success, const std::string& message = {}) {
    Json body{{"success", success}};
    if (!message.empty()) body["message"] = message;
    return answered(200, body);
}
inline Exchange created() {
    return answered(200,
                    Json{{"success", true}, {"message", "MCP server created successfully"}, {"serverId", "645badf8"}});
}
inline Exchange not_found() {
    return says(false, "MCP server not found");
}

inline Operation operation(OperationKind kind, Json document = manifest()) {
    Operation it;
    it.kind = kind;
    if (kind == OperationKind::list || kind == OperationKind::preflight) return it;
    it.name = "github";
    it.type = document.value("type", "");
    it.document = std::move(document);
    it.remote_id = kind == OperationKind::create || kind == OperationKind::find_by_name ? "" : "645badf8";
    return it;
}

} // namespace kedge::testing::gaia
