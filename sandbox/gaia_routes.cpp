// GAIA's servers: list, create, get, update, delete, and the rules for what a body may say.
#include "sandbox/documents.h"
#include "sandbox/gaia.h"

namespace kedge::sandbox {

namespace {

using Kind = FieldRule::Kind;

std::vector<FieldRule> create_fields(std::vector<std::string_view> transports) {
    return {
        {"projectId", Kind::text, true},
        {"name", Kind::filled_text, true},
        {"transportType", Kind::text, true, false, std::move(transports)},
        {"description", Kind::text},
        {"url", Kind::text},
        {"connectionType", Kind::text, false, false, {"direct", "proxy"}},
        {"command", Kind::text},
        {"args", Kind::text},
        {"env", Kind::text_map},
        {"customHeaders", Kind::list},
        {"oauthClientId", Kind::text},
        {"oauthClientSecret", Kind::text},
        {"oauthScope", Kind::text},
        {"proxyUrl", Kind::text},
        {"proxyAuthToken", Kind::text},
        {"proxyAuthHeader", Kind::text},
        {"requestTimeout", Kind::integer},
        {"maxTotalTimeout", Kind::integer},
    };
}

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

bool only_bearer(const std::string& value) {
    std::string word;
    for (const char c : value) {
        if (c != ' ') word += static_cast<char>(c | 0x20);
    }
    return word == "bearer";
}

} // namespace

const std::vector<FieldRule>& gaia_create_fields(bool documented) {
    static const auto published = create_fields({"stdio", "http", "sse"});
    static const auto built = create_fields({"stdio", "sse", "streamable-http"});
    return documented ? published : built;
}

const std::vector<FieldRule>& gaia_update_fields() {
    static const std::vector<FieldRule> rules{
        {"name", Kind::filled_text},
        {"description", Kind::text},
        {"url", Kind::text},
        {"customHeaders", Kind::list},
        {"oauthClientId", Kind::text},
        {"oauthClientSecret", Kind::text},
        {"oauthScope", Kind::text},
        {"proxyUrl", Kind::text},
        {"proxyAuthToken", Kind::text},
        {"status", Kind::text, false, false, {"connecting", "connected", "disconnected", "error"}},
        {"capabilities", Kind::object},
        {"serverImplementation", Kind::object},
    };
    return rules;
}

HttpResponse Gaia::issues(const std::vector<FieldProblem>& problems) const {
    if (documented()) return refuse(400, problems_text(problems));
    Json list = Json::array();
    for (const auto& problem : problems) {
        Json issue = {{"code", problem.choices.empty() ? "invalid_type" : "invalid_value"},
                      {"path", Json::array({problem.field})},
                      {"message", problem.message}};
        if (!problem.choices.empty()) issue["values"] = problem.choices;
        list.push_back(std::move(issue));
    }
    return json_answer(400, Json{{"defined", false},
                                 {"code", "BAD_REQUEST"},
                                 {"status", 400},
                                 {"message", "Input validation failed"},
                                 {"data", {{"issues", std::move(list)}}}});
}

// A body without its content type is not read at all.
std::optional<HttpResponse> Gaia::read_body(Call& call, Json& body) const {
    body = Json::object();
    const auto type = header(call.request.headers, "Content-Type");
    if (type.find("application/json") == std::string_view::npos || call.request.body.empty()) return std::nullopt;
    if (!call.body) {
        return refuse(400, "Malformed request. Ensure the request body is properly formatted and the 'Content-Type' "
                           "header is set correctly.");
    }
    if (!call.body->is_object()) return issues({{"", "an object is wanted"}});
    body = *call.body;
    return std::nullopt;
}

std::vector<FieldProblem> Gaia::check_headers(const Json& body) const {
    static const std::vector<FieldRule> built{
        {"name", Kind::text, true}, {"value", Kind::text, true}, {"enabled", Kind::flag, true}};
    static const std::vector<FieldRule> published{{"key", Kind::text, true}, {"value", Kind::text, true}};
    std::vector<FieldProblem> problems;
    const auto found = body.find("customHeaders");
    if (found == body.end() || !found->is_array()) return problems;
    for (std::size_t i = 0; i < found->size(); ++i) {
        const std::string place = "customHeaders." + std::to_string(i);
        if (!(*found)[i].is_object()) {
            problems.push_back({place, "an object is wanted"});
            continue;
        }
        for (auto problem : check_fields((*found)[i], documented() ? published : built, false)) {
            problem.field = place + "." + problem.field;
            problems.push_back(std::move(problem));
        }
    }
    return problems;
}

// Of a create only; an update is not held to them.
std::vector<std::string> Gaia::rules_broken(const Json& body) const {
    std::vector<std::string> broken;
    const bool proxy = body.value("connectionType", "proxy") == "proxy";
    if (text_of(body, "transportType") == "stdio") {
        if (blank(text_of(body, "command"))) broken.push_back("Command is required for stdio transport");
        if (!proxy) broken.push_back("Direct connection is not available for stdio transport");
    } else if (blank(text_of(body, "url"))) {
        broken.push_back("URL is required for this transport");
    }
    const bool needs_url = knobs_.proxy_rule == "dialect" ? !documented() : knobs_.proxy_rule == "yes";
    if (needs_url && proxy && blank(text_of(body, "proxyUrl"))) {
        broken.push_back("Proxy URL is required for proxy connections");
    }
    for (const auto& item : value_of(body, "customHeaders")) {
        if (!item.value("enabled", true)) continue;
        const std::string name = text_of(item, documented() ? "key" : "name");
        const std::string value = text_of(item, "value");
        if (blank(name) || blank(value)) broken.push_back("Enabled headers need a name and a value");
        if (name == "Authorization" && only_bearer(value)) broken.push_back("Authorization header has no token");
    }
    return broken;
}

void Gaia::to_stored(Json& document) const {
    if (text_of(document, "transportType") == "http") document["transportType"] = "streamable-http";
    const auto headers = document.find("customHeaders");
    if (headers == document.end() || !headers->is_array()) return;
    for (auto& item : *headers) {
        if (!item.is_object() || !item.contains("key")) continue;
        item = Json{{"name", item["key"]}, {"value", value_of(item, "value")}, {"enabled", true}};
    }
}

Server* Gaia::server_of(Call& call) {
    if (!documented()) return call.server;
    if (call.server) return call.server;
    std::string id = query_parameter(call.request.target, "id");
    if (id.empty() && call.body) id = text_of(*call.body, "id");
    return ground_.registry().by_id(id);
}

HttpResponse Gaia::list(Call& call) {
    const std::string project = query_parameter(call.request.target, "projectId");
    if (project.empty()) return issues({{"projectId", "required"}});
    Json servers = Json::array();
    for (const Server* server : ground_.registry().in_order()) {
        if (server->type == project) servers.push_back(row(*server, true));
    }
    return json_answer(200, Json{{"success", true}, {"servers", std::move(servers)}});
}

HttpResponse Gaia::create(Call& call) {
    Json body;
    if (auto refusal = read_body(call, body)) return std::move(*refusal);
    auto problems = check_fields(body, gaia_create_fields(documented()), false);
    const auto headers = check_headers(body);
    problems.insert(problems.end(), headers.begin(), headers.end());
    if (!problems.empty()) return issues(problems);
    std::string broken;
    for (const auto& text : rules_broken(body)) broken += (broken.empty() ? "" : ", ") + text;
    if (!broken.empty()) return fail(400, broken);
    if (!knobs_.projects.empty() && !in_comma_list(knobs_.projects, text_of(body, "projectId"))) {
        return documented() ? refuse(404, "Project not found") : fail(200, "FOREIGN KEY constraint failed");
    }
    Json document = {{"status", "connecting"}};
    put_members(document, body, gaia_create_fields(documented()), false);
    to_stored(document);
    const Server& server = add(document);
    return json_answer(
        200, Json{{"success", true}, {"message", "MCP server created successfully"}, {"serverId", server.id}});
}

HttpResponse Gaia::get(Call& call) {
    if (!call.server) return fail(404, "MCP server not found");
    return json_answer(200, Json{{"success", true}, {"server", row(*call.server, false)}});
}

// An update or delete that touched no row.
HttpResponse Gaia::unknown() const {
    const bool success = knobs_.unknown_id == "dialect" ? !documented() : knobs_.unknown_id == "success";
    return success ? json_answer(200, Json{{"success", true}}) : fail(404, "MCP server not found");
}

HttpResponse Gaia::update(Call& call) {
    Json body;
    if (auto refusal = read_body(call, body)) return std::move(*refusal);
    auto problems = check_fields(body, gaia_update_fields(), true);
    const auto headers = check_headers(body);
    problems.insert(problems.end(), headers.begin(), headers.end());
    if (!problems.empty()) return issues(problems);
    Json changes = Json::object();
    put_members(changes, body, gaia_update_fields(), false);
    if (changes.empty() && !documented()) return fail(400, "No values to set");
    if (!call.server) return unknown();
    to_stored(changes);
    Json document = call.server->document();
    put_members(document, changes, gaia_update_fields(), false);
    change_document(ground_, *call.server, document);
    return json_answer(200, Json{{"success", true}});
}

HttpResponse Gaia::remove(Call& call) {
    if (!call.server) return unknown();
    ground_.registry().remove(*call.server);
    return json_answer(200, Json{{"success", true}});
}

} // namespace kedge::sandbox
