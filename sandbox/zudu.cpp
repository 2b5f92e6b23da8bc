#include "sandbox/zudu.h"

#include "base/digest.h"
#include "sandbox/documents.h"

namespace kedge::sandbox {

const std::vector<KnobRowOf<ZuduKnobs>>& zudu_knobs() {
    using K = ZuduKnobs;
    static const std::vector<KnobRowOf<K>> rows{
        {"patch", &K::patch, {"flat", "wrapped", "both"}, "shape of an update: flat (G), inside config (H), either"},
        {"wrong_patch", &K::wrong_patch, {"refuse", "ignore"}, "the other shape: 400, or success and nothing changed"},
        {"answers", &K::answers, {"g", "h"}, "name and url (G) or server_name and server_url (H); tool approvals too"},
        {"patch_answer", &K::patch_answer, {"partial", "full"}, "what an update answers"},
        {"strict_enums", &K::strict_enums, {}, "WebSocket and auto_approve_read_only are refused"},
        {"https_only", &K::https_only, {}, "url must be https"},
        {"deletes", &K::deletes, {}, "servers can be deleted; else 405"},
        {"delete_checks_agents", &K::delete_checks_agents, {}, "a server with dependent_agents is not deleted (409)"},
        {"nulls", &K::nulls, {"refuse", "clear", "ignore"}, "null in an update"},
        {"headers_rule", &K::headers_rule, {"replace", "merge"}, "request_headers in an update"},
        {"fixed_fields", &K::fixed_fields, {}, "comma list of fields that an update silently leaves"},
        {"list_headers", &K::list_headers, {}, "list items have request_headers"},
        {"mask_headers", &K::mask_headers, {}, "what header values are shown as; empty: in clear"},
        {"most_limit", &K::most_limit, {}, "largest limit of a page; more is 400"},
        {"repeat_last_page", &K::repeat_last_page, {}, "has_next stays true and the last page comes again"},
        {"known_secrets", &K::known_secrets, {}, "comma list of secret_id that exist; empty: all do"},
    };
    return rows;
}

Zudu::Zudu(ZuduKnobs knobs, PlaneOptions options)
    : ground_("zudu", std::move(options)), knobs_(first_knobs(ground_, std::move(knobs), zudu_knobs())),
      organization_("org_" + sha256(ground_.options().tenant).hex().substr(0, 27)) {}

const std::vector<ProductRoute<Zudu>>& Zudu::table() {
    using Z = Zudu;
    using enum Need;
    static const std::vector<ProductRoute<Z>> rows{
        {"GET", "/api/mcp-servers", reading, &Z::list, "list (page from 0, limit, sort, order, search)"},
        {"POST", "/api/mcp-servers", writing, &Z::create, "create from {config}"},
        {"GET", "/api/mcp-servers/{id}", reading, &Z::get, "one server, whole"},
        {"PATCH", "/api/mcp-servers/{id}", writing, &Z::update, "update what is sent"},
        {"DELETE", "/api/mcp-servers/{id}", writing, &Z::remove, "delete; not published"},
        {"PATCH", "/api/mcp-servers/{id}/approval-policy", writing, &Z::set_policy, "set approval_policy"},
        {"GET", "/api/mcp-servers/{id}/tools", reading, &Z::tools, "tools; contacts the MCP server"},
        {"POST", "/api/mcp-servers/{id}/tool-approvals", writing, &Z::approve_tool, "approve a tool"},
        {"DELETE", "/api/mcp-servers/{id}/tool-approvals/{tool}", writing, &Z::revoke_tool, "revoke that"},
    };
    return rows;
}

std::vector<RouteRow> Zudu::routes() {
    return route_rows(table());
}

Exchange Zudu::serve(const HttpRequest& request) {
    Call call{.request = request, .path = ground_.path_of(request.target)};
    const std::string key(header(request.headers, "X-API-KEY"));
    const std::string secret(header(request.headers, "X-API-SECRET"));
    if (!key.empty() && !secret.empty()) call.who = ground_.people().find(key + ":" + secret);
    return serve_routes(*this, table(), call);
}

HttpResponse Zudu::refuse(int status, const std::string& message) const {
    return json_answer(status, Json{{"message", message}, {"status", "error"}, {"error", message}, {"data", nullptr}});
}

HttpResponse Zudu::absent(const Call& call) const {
    return path_known(table(), call.path) ? refuse(405, "Method not allowed") : refuse(404, "Not found");
}

std::optional<HttpResponse> Zudu::admit(const Call& call, Need need) const {
    if (!call.who) return refuse(401, "Invalid API key or secret");
    if (!may(*call.who, need)) return refuse(403, "This key may only read");
    return std::nullopt;
}

std::optional<std::string> Zudu::turn_knobs(const Json& values, bool fresh) {
    return turn(ground_, knobs_, zudu_knobs(), values, fresh);
}

Server& Zudu::add(const Json& document) {
    Server server;
    server.id = "mcp_" + id_uuid(ground_.options().seed, ground_.registry().next_number());
    server.type = organization_;
    return add_document(ground_, std::move(server), document);
}

std::optional<std::string> Zudu::save(Json document, Server* live, bool raw) {
    if (text_of(document, "name").empty()) return "server: a text \"name\" is wanted";
    if (!raw) {
        const auto problems = check(document, false);
        if (!problems.empty()) return "server: " + problems_text(problems);
    }
    if (live) {
        change_document(ground_, *live, document);
    } else {
        add(document);
    }
    return std::nullopt;
}

Json Zudu::shown(const Server& server) {
    return without_secrets(full(server));
}

Json Zudu::headers_shown(const Json& document) const {
    Json headers = document.value("request_headers", Json::object());
    if (knobs_.mask_headers.empty()) return headers;
    for (auto& value : headers) value = knobs_.mask_headers;
    return headers;
}

Json Zudu::partial(const Server& server) const {
    const Json document = server.document();
    const bool older = knobs_.answers == "h";
    Json row = {{"id", server.id},
                {"organization_id", server.type},
                {older ? "server_name" : "name", value_of(document, "name")},
                {older ? "server_url" : "url", value_of(document, "url")},
                {"approval_policy", document.value("approval_policy", Json("require_approval_all"))},
                {"transport", document.value("transport", Json("SSE"))},
                {"description", document.value("description", Json(""))},
                {"request_headers", headers_shown(document)},
                {"updated_at", server.updated_ms}};
    return row;
}

Json Zudu::full(const Server& server) const {
    const Json document = server.document();
    Json row = partial(server);
    row["is_creator"] = true;
    row["role"] = "admin";
    row["created_at"] = server.created_ms;
    row["tool_approval_hashes"] = document.value("tool_approval_hashes", Json::array());
    row["dependent_agents"] = document.value("dependent_agents", Json::array());
    if (knobs_.answers == "h") {
        row["secret_token_id"] = value_of(document, "secret_id");
        return row;
    }
    row["config"] = {{"name", row["name"]},
                     {"url", row["url"]},
                     {"description", row["description"]},
                     {"approval_policy", row["approval_policy"]},
                     {"transport", row["transport"]},
                     {"request_headers", row["request_headers"]},
                     {"tool_approval_hashes", row["tool_approval_hashes"]}};
    row["access_info"] = {
        {"role", "admin"}, {"is_creator", true}, {"creator_email", nullptr}, {"creator_name", nullptr}};
    row["metadata"] = {{"owner_user_id", nullptr}, {"created_at", server.created_ms}};
    return row;
}

Json Zudu::brief(const Server& server) const {
    Json row = full(server);
    row.erase("config");
    if (!knobs_.list_headers) row.erase("request_headers");
    return row;
}

} // namespace kedge::sandbox
