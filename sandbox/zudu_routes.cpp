// What Zudu's requests do.
#include "sandbox/documents.h"
#include "sandbox/zudu.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

using Kind = FieldRule::Kind;

HttpResponse done(const std::string& message, Json data) {
    return json_answer(
        200, Json{{"message", message}, {"status", "success"}, {"error", nullptr}, {"data", std::move(data)}});
}

std::vector<FieldRule> rules(std::vector<std::string_view> policies, std::vector<std::string_view> transports) {
    return {
        {"url", Kind::filled_text, true},
        {"name", Kind::filled_text, true},
        {"approval_policy", Kind::text, false, false, std::move(policies)},
        {"transport", Kind::text, false, false, std::move(transports)},
        {"description", Kind::text},
        {"request_headers", Kind::text_map},
    };
}

std::string lower(std::string text) {
    for (auto& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return text;
}

bool found_by(const std::string& search, const Server& server) {
    if (search.empty()) return true;
    const std::string text = lower(server.name + "\n" + text_of(server.document(), "description"));
    return text.find(lower(search)) != std::string::npos;
}

} // namespace

const std::vector<FieldRule>& Zudu::fields() const {
    static const auto open =
        rules({"auto_approve_all", "require_approval_all", "require_approval_per_tool", "auto_approve_read_only"},
              {"SSE", "STREAMABLE_HTTP", "WebSocket"});
    static const auto strict =
        rules({"auto_approve_all", "require_approval_all", "require_approval_per_tool"}, {"SSE", "STREAMABLE_HTTP"});
    return knobs_.strict_enums ? strict : open;
}

std::vector<FieldProblem> Zudu::check(const Json& body, bool is_partial) const {
    auto problems = check_fields(body, fields(), is_partial);
    const std::string url = text_of(body, "url");
    if (knobs_.https_only && !url.empty() && !url.starts_with("https://")) problems.push_back({"url", "must be https"});
    return problems;
}

// In the order of the list, before paging.
std::vector<Server*> Zudu::selected(const HttpRequest& request, std::string& problem) {
    std::string sort = query_parameter(request.target, "sort");
    std::string order = query_parameter(request.target, "order");
    if (sort.empty()) sort = "created_at";
    if (order.empty()) order = "desc";
    if (sort != "created_at" && sort != "updated_at" && sort != "name") problem = "sort: unknown field";
    if (order != "asc" && order != "desc") problem = "order: asc or desc is wanted";
    const std::string search = query_parameter(request.target, "search");
    std::vector<Server*> rows;
    for (Server* server : ground_.registry().in_order()) {
        if (found_by(search, *server)) rows.push_back(server);
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const Server* a, const Server* b) {
        if (sort == "name") return a->name < b->name;
        if (sort == "updated_at") return a->updated_ms < b->updated_ms;
        return a->sequence < b->sequence;
    });
    if (order == "desc") std::reverse(rows.begin(), rows.end());
    return rows;
}

HttpResponse Zudu::list(Call& call) {
    const auto page_asked = query_number(call.request, "page", {0, 1'000'000, 0});
    const auto limit_asked =
        query_number(call.request, "limit", {1, knobs_.most_limit, std::min(20, knobs_.most_limit)});
    if (!page_asked) return refuse(400, "page must be a number from 0");
    if (!limit_asked) return refuse(400, "limit must be a number from 1 to " + std::to_string(knobs_.most_limit));
    std::string problem;
    const auto rows = selected(call.request, problem);
    if (!problem.empty()) return refuse(400, problem);
    const auto limit = static_cast<std::size_t>(*limit_asked);
    const auto asked = static_cast<std::size_t>(*page_asked);
    const std::size_t pages = (rows.size() + limit - 1) / limit;
    const bool repeats = knobs_.repeat_last_page && pages > 0;
    const std::size_t page = repeats ? std::min(asked, pages - 1) : asked;
    Json servers = Json::array();
    for (std::size_t i = page * limit; i < rows.size() && servers.size() < limit; ++i) {
        servers.push_back(brief(*rows[i]));
    }
    return done("MCP servers retrieved successfully", {{"servers", std::move(servers)},
                                                       {"total_count", rows.size()},
                                                       {"page", asked},
                                                       {"limit", limit},
                                                       {"total_pages", pages},
                                                       {"has_next", repeats || asked + 1 < pages},
                                                       {"has_previous", asked > 0},
                                                       {"filters", Json::object()}});
}

HttpResponse Zudu::create(Call& call) {
    const auto body = object_body(call);
    if (!body) return refuse(400, "The body must be a JSON object");
    const Json config = value_of(*body, "config");
    if (!config.is_object()) return refuse(400, "config: an object is wanted");
    const auto problems = check(config, false);
    if (!problems.empty()) return refuse(400, problems_text(problems));
    Json document = {{"approval_policy", "require_approval_all"}, {"transport", "SSE"}, {"description", ""}};
    put_members(document, config, fields(), false);
    if (const Json token = value_of(config, "secret_token"); !token.is_null()) {
        const std::string secret = text_of(token, "secret_id");
        if (secret.empty()) return refuse(400, "secret_token.secret_id: a text is wanted");
        if (!knobs_.known_secrets.empty() && !in_comma_list(knobs_.known_secrets, secret)) {
            return refuse(400, "secret_token.secret_id: there is no such secret");
        }
        document["secret_id"] = secret;
    }
    return done("MCP server created successfully", full(add(document)));
}

HttpResponse Zudu::get(Call& call) {
    if (!call.server) return refuse(404, "MCP server not found");
    return done("MCP server retrieved successfully", full(*call.server));
}

// What an update says, taken out of the shape that this generation has; empty where the other shape is ignored.
std::optional<HttpResponse> Zudu::change_of(Call& call, Json& changes) const {
    const auto body = object_body(call);
    if (!body) return refuse(400, "The body must be a JSON object");
    const bool wrapped = value_of(*body, "config").is_object();
    const bool fits = knobs_.patch == "both" || wrapped == (knobs_.patch == "wrapped");
    changes = Json::object();
    if (!fits && knobs_.wrong_patch == "refuse") {
        return refuse(400, wrapped ? "config: unknown field" : "config: an object is wanted");
    }
    if (fits) changes = wrapped ? (*body)["config"] : *body;
    return std::nullopt;
}

// Unless nulls are refused: they leave `changes`, and what they clear leaves `document`.
void Zudu::clear_nulls(Json& document, Json& changes) const {
    if (knobs_.nulls == "refuse") return;
    for (const auto& rule : fields()) {
        const std::string key(rule.name);
        if (!changes.contains(key) || !changes[key].is_null()) continue;
        changes.erase(key);
        if (knobs_.nulls == "clear" && !rule.required) document.erase(key);
    }
}

HttpResponse Zudu::update(Call& call) {
    if (!call.server) return refuse(404, "MCP server not found");
    Json changes;
    if (auto refusal = change_of(call, changes)) return std::move(*refusal);
    Json document = call.server->document();
    clear_nulls(document, changes);
    const auto problems = check(changes, true);
    if (!problems.empty()) return refuse(400, problems_text(problems));
    for (const auto& key : comma_words(knobs_.fixed_fields)) changes.erase(key);
    put_members(document, changes, fields(), knobs_.headers_rule == "merge");
    change_document(ground_, *call.server, document);
    const bool whole = knobs_.patch_answer == "full";
    return done("MCP server updated successfully", whole ? full(*call.server) : partial(*call.server));
}

HttpResponse Zudu::set_policy(Call& call) {
    if (!call.server) return refuse(404, "MCP server not found");
    const auto body = object_body(call);
    const std::string policy = body ? text_of(*body, "approval_policy") : "";
    if (policy.empty()) return refuse(400, "approval_policy: required");
    const auto problems = check(Json{{"approval_policy", policy}}, true);
    if (!problems.empty()) return refuse(400, problems_text(problems));
    Json document = call.server->document();
    document["approval_policy"] = policy;
    change_document(ground_, *call.server, document);
    return done("Approval policy updated successfully", {{"id", call.server->id},
                                                         {"organization_id", organization_},
                                                         {"name", call.server->name},
                                                         {"approval_policy", policy},
                                                         {"updated_at", call.server->updated_ms}});
}

HttpResponse Zudu::remove(Call& call) {
    if (!knobs_.deletes) return refuse(405, "Method not allowed");
    if (!call.server) return refuse(404, "MCP server not found");
    if (knobs_.delete_checks_agents && !value_of(call.server->document(), "dependent_agents").empty()) {
        return refuse(409, "MCP server is used by agents");
    }
    const std::string id = call.server->id;
    ground_.registry().remove(*call.server);
    return done("MCP server deleted successfully", {{"id", id}, {"deleted", true}});
}

HttpResponse Zudu::tools(Call& call) {
    if (!call.server) return refuse(404, "MCP server not found");
    const Json schema = {{"type", "object"}};
    return done("Tools retrieved successfully",
                Json::array({{{"name", "echo"}, {"description", "says it again"}, {"inputSchema", schema}},
                             {{"name", "add"}, {"description", "adds two numbers"}, {"inputSchema", schema}}}));
}

HttpResponse Zudu::approve_tool(Call& call) {
    static const std::vector<FieldRule> generated{{"tool_name", Kind::filled_text, true},
                                                  {"approval_hash", Kind::filled_text, true},
                                                  {"auto_approve", Kind::flag},
                                                  {"approval_conditions", Kind::object}};
    static const std::vector<FieldRule> written{
        {"tool_name", Kind::filled_text, true},
        {"tool_description", Kind::text, true},
        {"tool_hash", Kind::filled_text, true},
        {"input_schema", Kind::object},
        {"approval_policy", Kind::text, false, false, {"auto_approved", "requires_approval"}}};
    if (!call.server) return refuse(404, "MCP server not found");
    const auto body = object_body(call);
    if (!body) return refuse(400, "The body must be a JSON object");
    const bool older = knobs_.answers == "h";
    const auto problems = check_fields(*body, older ? written : generated, false);
    if (!problems.empty()) return refuse(400, problems_text(problems));
    const std::string tool = text_of(*body, "tool_name");
    const Json approval = {{"tool_name", tool},
                           {"tool_hash", (*body)[older ? "tool_hash" : "approval_hash"]},
                           {"approval_policy", older                                ? text_of(*body, "approval_policy")
                                               : body->value("auto_approve", false) ? "auto_approved"
                                                                                    : "requires_approval"}};
    Json document = call.server->document();
    Json kept = Json::array();
    for (const auto& item : value_of(document, "tool_approval_hashes")) {
        if (item["tool_name"] != tool) kept.push_back(item);
    }
    kept.push_back(approval);
    document["tool_approval_hashes"] = std::move(kept);
    change_document(ground_, *call.server, document);
    if (older) return done("Tool approval created successfully", full(*call.server));
    Json answer = *body;
    answer["server_id"] = call.server->id;
    return done("Tool approval created successfully", std::move(answer));
}

HttpResponse Zudu::revoke_tool(Call& call) {
    if (!call.server) return refuse(404, "MCP server not found");
    const std::string tool = percent_decode(call.slots.back());
    Json document = call.server->document();
    Json kept = Json::array();
    const Json approvals = value_of(document, "tool_approval_hashes");
    for (const auto& item : approvals) {
        if (item["tool_name"] != tool) kept.push_back(item);
    }
    if (kept.size() == approvals.size()) return refuse(404, "Tool approval not found");
    document["tool_approval_hashes"] = std::move(kept);
    change_document(ground_, *call.server, document);
    if (knobs_.answers == "h") return done("Tool approval deleted successfully", full(*call.server));
    return done("Tool approval deleted successfully",
                {{"server_id", call.server->id}, {"tool_name", tool}, {"deleted", true}});
}

} // namespace kedge::sandbox
