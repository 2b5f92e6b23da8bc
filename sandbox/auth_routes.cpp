// Per-subject credentials: overrides and OAuth tokens of one server.
#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/truefoundry.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

using Texts = std::vector<std::string_view>;

bool one_of(std::string_view text, const Texts& values) {
    return std::find(values.begin(), values.end(), text) != values.end();
}

std::string text_member(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Refusal invalid(std::vector<std::string> messages) {
    Refusal refusal;
    refusal.status = 400;
    refusal.messages = std::move(messages);
    refusal.always_array = true;
    return refusal;
}

Json record_json(const AuthRecord& record, const Knobs& knobs) {
    Json data = record.source == "oauth" ? Json{{"type", "oauth2"}, {"accessToken", knobs.mask}}
                                         : Json{{"type", "header"}, {"headerValue", knobs.mask}};
    return {{"subjectId", record.subject_id},
            {"subjectType", record.subject_type},
            {"authData", std::move(data)},
            {"updatedAt", iso_time(record.updated_ms)},
            {"updatedBySubject", Json::parse(record.updated_by, nullptr, false)}};
}

std::vector<std::string> subject_problems(const Json& body, const Texts& types) {
    std::vector<std::string> problems;
    const std::string id = text_member(body, "subjectId");
    if (id.empty()) problems.push_back("subjectId must be longer than or equal to 1 characters");
    if (id.size() > 255) problems.push_back("subjectId must be shorter than or equal to 255 characters");
    if (!one_of(text_member(body, "subjectType"), types)) {
        std::string list;
        for (const auto type : types) list += (list.empty() ? "" : ", ") + std::string(type);
        problems.push_back("subjectType must be one of the following values: " + list);
    }
    return problems;
}

// Managers act for anyone, others for themselves.
bool may_act_for(const Person& who, const std::string& subject_id) {
    return may_write(who.role) || who.subject_id == subject_id;
}

// Whether calls need a credential of the caller's own.
bool wants_credentials(const Json& manifest) {
    const auto auth = manifest.find("auth_data");
    if (auth == manifest.end() || !auth->is_object()) return false;
    const std::string type = text_member(*auth, "type");
    if (type == "oauth2") return text_member(*auth, "grant_type") != "client_credentials";
    return (type == "header" || type == "env") && text_member(*auth, "auth_level") == "per_user";
}

Json status_of(const Server& server, const std::string& subject_id, const std::string& subject_type) {
    for (const auto& record : server.auth) {
        if (record.subject_id == subject_id && record.subject_type == subject_type) {
            return {{"status", "authenticated"}, {"method", record.source}};
        }
    }
    const bool wanted = wants_credentials(server.document());
    return {{"status", wanted ? "authentication_required" : "authentication_not_required"}, {"method", nullptr}};
}

} // namespace

HttpResponse TrueFoundry::list_auth(Call& call) {
    ListQueryResult asked = parse_list_query(call.request.target);
    if (!asked.problems.empty()) return refusal_answer(invalid(asked.problems));
    Json rows = Json::array();
    std::size_t total = 0;
    for (const auto& record : call.server->auth) {
        if (record.source == "oauth" && !knobs_.auth_list_shows_oauth) continue;
        if (total++ >= asked.query.offset && rows.size() < asked.query.limit)
            rows.push_back(record_json(record, knobs_));
    }
    Json answer = {{"data", std::move(rows)}, {"pagination", {{"total", total}}}};
    if (knobs_.pagination_bounds) {
        answer["pagination"]["offset"] = asked.query.offset;
        answer["pagination"]["limit"] = asked.query.limit;
    }
    return json_text_answer(200, answer.dump());
}

// {"subjectId": "...", "subjectType": "user", "authOverride": {"type": "header", "headerValue": "..."}}
HttpResponse TrueFoundry::put_auth(Call& call) {
    const auto body = parse_body(call.request.body);
    if (!body || !body->is_object()) return error_answer(400, "Request body must be a JSON object");
    auto problems = subject_problems(*body, {"user", "virtualaccount"});
    const Json given = body->value("authOverride", Json());
    if (text_member(given, "type") != "header") problems.push_back("authOverride.type must be header");
    if (text_member(given, "headerValue").empty()) problems.push_back("authOverride.headerValue should not be empty");
    if (!problems.empty()) return refusal_answer(invalid(std::move(problems)));
    AuthRecord record;
    record.subject_id = text_member(*body, "subjectId");
    record.subject_type = text_member(*body, "subjectType");
    record.source = "auth-override";
    record.value = text_member(given, "headerValue");
    record.updated_ms = now_ms();
    record.updated_by = subject_json(*call.who, true).dump();
    if (!may_act_for(*call.who, record.subject_id)) {
        return error_answer(403, "You can set auth overrides only for yourself");
    }
    if (!wants_credentials(call.server->document())) {
        return error_answer(400, "MCP server " + call.server->name + " does not support auth overrides");
    }
    std::erase_if(call.server->auth, [&](const AuthRecord& old) {
        return old.subject_id == record.subject_id && old.subject_type == record.subject_type &&
               old.source == record.source;
    });
    const Json answer = {{"data", record_json(record, knobs_)}};
    call.server->auth.push_back(std::move(record));
    registry().changed(*call.server);
    return json_text_answer(200, answer.dump());
}

// {"subjectId": "...", "subjectType": "user", "authSource": "oauth"}
HttpResponse TrueFoundry::delete_auth(Call& call) {
    const auto body = parse_body(call.request.body);
    if (!body || !body->is_object()) return error_answer(400, "Request body must be a JSON object");
    auto problems = subject_problems(*body, {"user", "virtualaccount"});
    const std::string source = text_member(*body, "authSource");
    if (!one_of(source, {"oauth", "auth-override"})) {
        problems.push_back("authSource must be one of the following values: oauth, auth-override");
    }
    if (!problems.empty()) return refusal_answer(invalid(std::move(problems)));
    const std::string id = text_member(*body, "subjectId");
    const std::string type = text_member(*body, "subjectType");
    if (!may_act_for(*call.who, id)) return error_answer(403, "You can disconnect only yourself");
    const auto gone = std::erase_if(call.server->auth, [&](const AuthRecord& record) {
        return record.subject_id == id && record.subject_type == type && record.source == source;
    });
    if (gone > 0) registry().changed(*call.server);
    return json_text_answer(200, "{}");
}

HttpResponse TrueFoundry::delete_tokens(Call& call) {
    const Json answer = {{"deletedCount", call.server->auth.size()}};
    call.server->auth.clear();
    ++call.server->auth_revision;
    registry().changed(*call.server);
    return json_text_answer(200, answer.dump());
}

HttpResponse TrueFoundry::auth_status(Call& call) {
    const std::string id = query_parameter(call.request.target, "subjectId");
    const std::string type = query_parameter(call.request.target, "subjectType");
    const Json asked = {{"subjectId", id}, {"subjectType", type}};
    auto problems = subject_problems(asked, {"user", "virtualaccount", "external-identity"});
    if (!problems.empty()) return refusal_answer(invalid(std::move(problems)));
    if (!may_act_for(*call.who, id)) return error_answer(403, "You can see only your own status");
    return json_text_answer(200, status_of(*call.server, id, type).dump());
}

HttpResponse TrueFoundry::auth_state(Call& call) {
    HttpResponse response = auth_status(call);
    if (response.status != 200) return response;
    Json state = Json::parse(response.body);
    if (state["status"] == "authentication_required") state["reason"] = "no_credentials";
    response.body = state.dump();
    return response;
}

HttpResponse TrueFoundry::authorize(Call& call) {
    Json status = status_of(*call.server, call.who->subject_id, "user");
    if (status["status"] == "authentication_required") {
        std::string gateway = query_parameter(call.request.target, "gatewayBaseURL");
        if (gateway.empty()) gateway = knobs_.gateway_url;
        const std::string back = query_parameter(call.request.target, "redirectURL");
        status["authorization_endpoint"] = gateway + "/mcp-server/" + percent_encode(call.server->name) + "/authorize" +
                                           (back.empty() ? "" : "?redirectURL=" + percent_encode(back));
    }
    return json_text_answer(200, status.dump());
}

} // namespace kedge::sandbox
