// What the Aeontel dialect's tests share: manifests, rows as Aeontel tells them, and pages of them.
#pragma once
#include "dialect/aeontel.h"
#include "tests/dialect/golden.h"

namespace kedge::testing::aeontel {

inline std::unique_ptr<Dialect> dialect(bool published = false) {
    AeontelOptions options;
    options.workspace = "wsp_1";
    options.published = published;
    return make_aeontel(options);
}

inline Json manifest() {
    return {{"type", "mcp-server/remote"}, {"name", "github"}, {"url", "https://example.com/mcp"}};
}
inline Json with_key(const std::string& key = "k1") {
    auto document = manifest();
    document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "Bearer " + key}}}};
    return document;
}
inline Json with_oauth() {
    auto document = manifest();
    document["auth_data"] = {{"type", "oauth2"},
                             {"client_id", "c1"},
                             {"client_secret", "s1"},
                             {"token_url", "https://id.example.com/token"},
                             {"authorization_url", "https://id.example.com/auth"},
                             {"scopes", {"read", "write"}}};
    return document;
}
inline Json with_connector() {
    auto document = manifest();
    document["x-kedge"]["aeontel"] = {{"connector_id", "con_1"}, {"connector_config", {{"region", "eu"}}}};
    return document;
}

// A row without authentication, as POST, PATCH and the list tell it.
inline Json row(const Json& more = Json::object()) {
    Json it{{"id", "mcp_1"},
            {"workspaceId", "wsp_1"},
            {"name", "github"},
            {"url", "https://example.com/mcp"},
            {"authType", "none"},
            {"oauthClientId", nullptr},
            {"oauthTokenEndpoint", nullptr},
            {"oauthAuthorizationEndpoint", nullptr},
            {"oauthScopes", nullptr},
            {"oauthExpiresAt", nullptr},
            {"headers", Json::object()},
            {"connectorId", nullptr},
            {"connectorConfig", Json::object()},
            {"connectorStatus", nullptr},
            {"createdBy", "usr_1"},
            {"createdAt", "2026-01-01T00:00:00.000Z"},
            {"updatedAt", "2026-01-02T00:00:00.000Z"}};
    it.update(more);
    return it;
}
inline Json oauth_row(const Json& more = Json::object()) {
    auto it = row({{"authType", "oauth"},
                   {"oauthClientId", "c1"},
                   {"oauthTokenEndpoint", "https://id.example.com/token"},
                   {"oauthAuthorizationEndpoint", "https://id.example.com/auth"},
                   {"oauthScopes", "read write"}});
    it.update(more);
    return it;
}

inline Json listing(Json rows, std::size_t total, const std::string& next = {}) {
    return {{"data", std::move(rows)},
            {"pageInfo",
             {{"total", total},
              {"hasNextPage", !next.empty()},
              {"hasPreviousPage", false},
              {"startCursor", nullptr},
              {"endCursor", next.empty() ? Json() : Json(next)}}}};
}

inline Operation operation(OperationKind kind, Json document = manifest()) {
    Operation it;
    it.kind = kind;
    const bool about_all = kind == OperationKind::list || kind == OperationKind::preflight;
    if (about_all) return it;
    it.name = "github";
    it.type = "mcp-server/remote";
    it.document = std::move(document);
    it.remote_id = kind == OperationKind::create || kind == OperationKind::find_by_name ? "" : "mcp_1";
    return it;
}

} // namespace kedge::testing::aeontel
