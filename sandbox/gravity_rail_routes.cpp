// Gravity Rail's servers and their states.
#include "sandbox/documents.h"
#include "sandbox/gravity_rail.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

using Kind = FieldRule::Kind;

const std::vector<FieldRule>& update_fields() {
    static const std::vector<FieldRule> rules{
        {"name", Kind::filled_text},
        {"url", Kind::filled_text},
        {"authType", Kind::text, false, false, {"none", "oauth", "direct"}},
        {"description", Kind::text, false, true},
        {"clientId", Kind::text, false, true},
        {"clientSecret", Kind::text, false, true},
        {"headers", Kind::text_map},
    };
    return rules;
}

} // namespace

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

const std::vector<FieldRule>& gravity_rail_fields() {
    static const std::vector<FieldRule> rules = [] {
        auto all = update_fields();
        all[0].required = all[1].required = true;
        all.push_back({"workspace", Kind::filled_text, true});
        all.push_back({"state", Kind::text, false, false, {"REGISTER", "AUTHORIZE", "READY"}});
        all.push_back({"enabled", Kind::flag});
        all.push_back({"visibleTo", Kind::list, false, true});
        return all;
    }();
    return rules;
}

// The checks that every call begins with: workspace, id, visibility.
std::optional<HttpResponse> GravityRail::find(Call& call, bool by_get) {
    const std::string workspace(call.slots.front());
    if (!is_uuid(workspace)) return refuse(422, "workspace_uuid: a UUID is wanted");
    if (!knobs_.workspaces.empty() && !in_comma_list(knobs_.workspaces, workspace)) {
        return refuse(403, "No access to this workspace");
    }
    call.server = nullptr;
    if (call.slots.size() < 2) return std::nullopt;
    const auto id = call.slots.back();
    const bool number = std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!number) return refuse(422, "server_id: an integer is wanted");
    Server* server = ground_.registry().by_id(id);
    const bool all_seen = by_get && knobs_.get_visibility == "all";
    const bool there = server && server->type == workspace && (!call.who || all_seen || visible(*server, *call.who));
    if (!there) return refuse(404, "MCP server not found");
    call.server = server;
    return std::nullopt;
}

HttpResponse GravityRail::answered(const Server& server) const {
    return json_answer(200, row(server));
}

HttpResponse GravityRail::list(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    std::string sort = query_parameter(call.request.target, "sortBy");
    const std::string order = query_parameter(call.request.target, "sortOrder");
    if (sort.empty()) sort = "createdAt";
    if (sort != "name" && sort != "createdAt" && sort != "updatedAt") return refuse(422, "sortBy: unknown field");
    if (!order.empty() && order != "asc" && order != "desc") return refuse(422, "sortOrder: asc or desc is wanted");
    std::vector<const Server*> rows;
    for (const Server* server : ground_.registry().in_order()) {
        if (server->type == call.slots.front() && visible(*server, *call.who)) rows.push_back(server);
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const Server* a, const Server* b) {
        if (sort == "name") return a->name < b->name;
        return sort == "updatedAt" ? a->updated_ms < b->updated_ms : a->sequence < b->sequence;
    });
    if (order == "desc") std::reverse(rows.begin(), rows.end());
    Json items = Json::array();
    for (const Server* server : rows) items.push_back(row(*server));
    if (knobs_.list_shape == "array") return json_answer(200, items);
    return json_answer(200, Json{{"items", std::move(items)}});
}

// A route that is not there does not ask for scopes.
std::optional<HttpResponse> GravityRail::written_off(const Call& call) const {
    if (knobs_.writes) return admit(call, Need::writing);
    return refuse(knobs_.missing_status, knobs_.missing_status == 405 ? "Method Not Allowed" : "Not Found");
}

HttpResponse GravityRail::create(Call& call) {
    if (auto refusal = written_off(call)) return std::move(*refusal);
    if (auto refusal = find(call)) return std::move(*refusal);
    const auto body = object_body(call);
    if (!body) return refuse(422, "The body must be a JSON object");
    auto rules = update_fields();
    rules[0].required = rules[1].required = true;
    const auto problems = check_fields(*body, rules, false);
    if (!problems.empty()) return refuse(422, problems_text(problems));
    Json document = {{"workspace", call.slots.front()}, {"state", "REGISTER"}, {"enabled", false}};
    put_members(document, *body, rules, false);
    return answered(add(document));
}

HttpResponse GravityRail::get(Call& call) {
    if (auto refusal = find(call, true)) return std::move(*refusal);
    return answered(*call.server);
}

HttpResponse GravityRail::update(Call& call) {
    if (auto refusal = written_off(call)) return std::move(*refusal);
    if (auto refusal = find(call)) return std::move(*refusal);
    const auto body = object_body(call);
    if (!body) return refuse(422, "The body must be a JSON object");
    const auto problems = check_fields(*body, update_fields(), true);
    if (!problems.empty()) return refuse(422, problems_text(problems));
    Json document = call.server->document();
    put_members(document, *body, update_fields(), false);
    change_document(ground_, *call.server, document);
    return answered(*call.server);
}

HttpResponse GravityRail::remove(Call& call) {
    if (auto refusal = find(call)) {
        const bool again = refusal->status == 404 && knobs_.delete_twice == "done";
        return again ? json_answer(200, Json{{"deleted", true}}) : std::move(*refusal);
    }
    ground_.registry().remove(*call.server);
    return json_answer(200, Json{{"deleted", true}});
}

HttpResponse GravityRail::authorize_refusal(const Server& server) const {
    if (knobs_.authorize_detail == "text") return refuse(knobs_.authorize_status, "Complete the OAuth flow first");
    Json detail = {{"code", "authorization_required"}, {"authType", "oauth"}};
    if (knobs_.app_detail == "app_uuid") {
        detail["appUuid"] = row(server)["uuid"];
    } else {
        detail["authorizeUrl"] = "/api/v2/w/" + server.type + "/mcp-servers/" + server.id + "/oauth/authorize";
    }
    return json_answer(knobs_.authorize_status, Json{{"detail", std::move(detail)}});
}

// READY + enabled: nothing. READY + disabled: on. REGISTER: connects, or finds that a person is needed. AUTHORIZE: no.
HttpResponse GravityRail::enable(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    Json document = call.server->document();
    const std::string state = document.value("state", "REGISTER");
    if (state == "AUTHORIZE") return authorize_refusal(*call.server);
    if (state == "READY" && document.value("enabled", false)) return answered(*call.server);
    if (state == "REGISTER") {
        const std::string url = text_of(document, "url");
        if (like_one_of(knobs_.unreachable, url)) return refuse(400, "Could not connect to the MCP server");
        const bool oauth = document.value("authType", "none") == "oauth" || like_one_of(knobs_.wanting_oauth, url);
        document["state"] = oauth ? "AUTHORIZE" : "READY";
        document["enabled"] = !oauth;
        if (oauth) document["authType"] = "oauth";
    } else {
        document["enabled"] = true;
    }
    change_document(ground_, *call.server, document);
    return answered(*call.server);
}

HttpResponse GravityRail::disable(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    bool clear = false;
    if (knobs_.clear_registration_in == "body") {
        const Json wanted = call.body ? value_of(*call.body, "clear_registration") : Json();
        clear = wanted.is_boolean() && wanted.get<bool>();
    } else {
        const std::string wanted = query_parameter(call.request.target, "clear_registration");
        if (!wanted.empty() && wanted != "true" && wanted != "false") {
            return refuse(422, "clear_registration: a boolean is wanted");
        }
        clear = wanted == "true";
    }
    Json document = call.server->document();
    if (!clear && !document.value("enabled", false)) return answered(*call.server);
    document["enabled"] = false;
    if (clear) {
        document["state"] = "REGISTER";
        for (const char* key : {"clientId", "clientSecret"}) document.erase(key);
        call.server->auth.clear();
    }
    change_document(ground_, *call.server, document);
    return answered(*call.server);
}

HttpResponse GravityRail::test(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    Json document = call.server->document();
    const std::string url = text_of(document, "url");
    const bool oauth = document.value("authType", "none") == "oauth" && document.value("state", "") != "READY";
    const bool fine = !oauth && !like_one_of(knobs_.unreachable, url) && !like_one_of(knobs_.wanting_oauth, url);
    if (!fine) {
        return json_answer(200, Json{{"success", false}, {"latencyMs", nullptr}, {"message", "initialize failed"}});
    }
    document["state"] = "READY";
    document["enabled"] = true;
    change_document(ground_, *call.server, document);
    return json_answer(200, Json{{"success", true}, {"latencyMs", 12}, {"message", "ok"}});
}

} // namespace kedge::sandbox
