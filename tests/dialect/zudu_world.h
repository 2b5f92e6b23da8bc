// What the Zudu dialect's tests share: a manifest, the server that Zudu makes of it, in the words of both generations,
// and its envelope.
#pragma once
#include "dialect/zudu.h"
#include "tests/dialect/truefoundry_world.h"

namespace kedge::testing::zudu {

inline const std::string id = "mcp_8c180796-e6d7-4343-88b5-5df0846fef69";
inline const std::string path = "/api/mcp-servers/" + id;

inline Json manifest() {
    return {{"type", "mcp-server/remote"},
            {"name", "github"},
            {"description", "d"},
            {"url", "https://example.com/mcp"},
            {"auth_data", {{"type", "header"}, {"headers", {{"Authorization", "Bearer abc"}}}}},
            {"additional_headers", {{"X-Team", "a"}}},
            {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}},
            {"x-kedge", {{"zudu", {{"approval_policy", "require_approval_all"}, {"transport", "SSE"}}}}}};
}

// As the generated pages have it.
inline Json server(const std::string& own_id = id) {
    return {{"id", own_id},
            {"organization_id", "org_1"},
            {"name", "github"},
            {"url", "https://example.com/mcp"},
            {"approval_policy", "require_approval_all"},
            {"transport", "SSE"},
            {"description", "d"},
            {"request_headers", {{"Authorization", "Bearer abc"}, {"X-Team", "a"}}},
            {"is_creator", true},
            {"role", "admin"},
            {"created_at", 1700000000000},
            {"updated_at", 1700000000000},
            {"tool_approval_hashes", Json::array()},
            {"dependent_agents", Json::array()},
            {"config", {{"name", "github"}, {"url", "https://example.com/mcp"}}},
            {"access_info", {{"role", "admin"}, {"creator_email", nullptr}}},
            {"metadata", {{"owner_user_id", nullptr}, {"created_at", 1700000000000}}}};
}

inline Json list_item(const std::string& own_id = id) {
    auto row = server(own_id);
    row.erase("request_headers");
    row.erase("config");
    return row;
}

inline Json envelope(Json data) {
    return {{"message", "done"}, {"status", "success"}, {"error", nullptr}, {"data", std::move(data)}};
}
inline Json failure(const std::string& text) {
    return {{"message", "failed"}, {"status", "error"}, {"error", text}, {"data", nullptr}};
}
inline Exchange ok(Json data, std::size_t rows = 0) {
    return answered(200, envelope(std::move(data)), rows);
}
inline Exchange gone() {
    return answered(404, failure("MCP server not found"));
}
inline Json page_of(Json rows, std::size_t total, std::size_t number = 0, bool more = false) {
    return {{"servers", std::move(rows)}, {"total_count", total}, {"page", number}, {"has_next", more}};
}

inline Operation operation(OperationKind kind) {
    Operation it;
    it.kind = kind;
    it.name = "github";
    it.type = "mcp-server/remote";
    it.document = manifest();
    it.remote_id = kind == OperationKind::create ? "" : id;
    return it;
}

inline std::unique_ptr<Dialect> dialect(bool wrapped = false, bool deletes = true) {
    ZuduOptions options;
    options.wrapped = wrapped;
    options.deletes = deletes;
    return make_zudu(options);
}

inline Resource resource(Json document = manifest()) {
    Resource it;
    it.type = document.value("type", "");
    it.name = document.value("name", "");
    it.document = std::move(document);
    it.place = {"mcp/github.yaml", 1, 1};
    return it;
}

} // namespace kedge::testing::zudu
