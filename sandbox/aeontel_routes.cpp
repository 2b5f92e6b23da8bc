// What Aeontel's requests do.
#include "sandbox/aeontel.h"
#include "sandbox/documents.h"
#include "sandbox/rows.h"

#include <algorithm>
#include <array>

namespace kedge::sandbox {

namespace {

using Kind = FieldRule::Kind;

const std::vector<FieldRule>& patch_fields() {
    static const std::vector<FieldRule> rules{
        {"name", Kind::filled_text, true},
        {"url", Kind::filled_text, true},
        {"authType", Kind::text, false, false, {"none", "api_key", "oauth"}},
        {"apiKey", Kind::text, false, true},
        {"oauthClientId", Kind::text, false, true},
        {"oauthClientSecret", Kind::text, false, true},
        {"oauthTokenEndpoint", Kind::text, false, true},
        {"oauthAuthorizationEndpoint", Kind::text, false, true},
        {"oauthScopes", Kind::text, false, true},
        {"headers", Kind::object},
        {"connectorId", Kind::text, false, true},
        {"connectorConfig", Kind::object},
    };
    return rules;
}

const std::vector<FieldRule>& create_fields() {
    static const std::vector<FieldRule> rules = [] {
        auto all = patch_fields();
        all.push_back({"workspaceId", Kind::filled_text, true});
        return all;
    }();
    return rules;
}

const Json& connectors() {
    static const Json all = Json::parse(R"([
      {"id": "con_github", "name": "GitHub", "slug": "github", "description": "Repositories and issues",
       "iconUrl": null, "mcpUrl": "https://mcp.github.example/mcp", "oauthScopes": "repo read:user",
       "configSchema": null, "enabled": true, "createdAt": "2026-01-05T09:00:00.000Z"},
      {"id": "con_notes", "name": "Notes", "slug": "notes", "description": null, "iconUrl": null,
       "mcpUrl": "https://mcp.notes.example/mcp", "oauthScopes": null,
       "configSchema": {"type": "object", "properties": {"space": {"type": "string"}}}, "enabled": true,
       "createdAt": "2026-01-06T09:00:00.000Z"},
      {"id": "con_fax", "name": "Fax", "slug": "fax", "description": "Retired", "iconUrl": null,
       "mcpUrl": "https://mcp.fax.example/mcp", "oauthScopes": null, "configSchema": null, "enabled": false,
       "createdAt": "2026-01-07T09:00:00.000Z"}])");
    return all;
}

const Json* connector(std::string_view id_or_slug) {
    for (const auto& item : connectors()) {
        if (item["id"] == id_or_slug || item["slug"] == id_or_slug) return &item;
    }
    return nullptr;
}

bool deleted(const Server& server) {
    return server.document().contains("deletedAt");
}

// A keyset cursor: the place of a row, which stays when rows before it go.
std::string cursor_of(std::uint64_t place) {
    return "cur_" + std::to_string(place * 7919 + 31);
}

std::optional<std::uint64_t> place_of(const std::string& cursor) {
    std::uint64_t value = 0;
    if (!cursor.starts_with("cur_")) return std::nullopt;
    const char* begin = cursor.data() + 4;
    const char* end = cursor.data() + cursor.size();
    const auto parsed = std::from_chars(begin, end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value < 31 || (value - 31) % 7919 != 0) return std::nullopt;
    return (value - 31) / 7919;
}

struct Window {
    std::size_t begin = 0;
    std::size_t end = 0;
};

// What limit, after and before leave of rows at these places, which rise or fall; nothing where one makes no sense.
std::optional<Window> window_of(const std::vector<std::uint64_t>& places, const HttpRequest& request) {
    const auto limit = query_number(request, "limit", {1, 100, 100});
    const std::string after = query_parameter(request.target, "after");
    const std::string before = query_parameter(request.target, "before");
    const auto from = place_of(after);
    const auto until = place_of(before);
    if (!limit || (!after.empty() && !from) || (!before.empty() && !until)) return std::nullopt;
    const bool falling = places.size() > 1 && places.front() > places.back();
    const auto beyond = [&](std::uint64_t place, std::uint64_t mark) { return falling ? place < mark : place > mark; };
    Window window{0, places.size()};
    while (from && window.begin < window.end && !beyond(places[window.begin], *from)) ++window.begin;
    while (until && window.end > window.begin && !beyond(*until, places[window.end - 1])) --window.end;
    const auto most = static_cast<std::size_t>(*limit);
    if (until && !from && window.end - window.begin > most) window.begin = window.end - most;
    window.end = std::min(window.end, window.begin + most);
    return window;
}

Json page_info(const std::vector<std::uint64_t>& places, Window window) {
    const bool some = window.begin < window.end;
    return {{"total", places.size()},
            {"hasNextPage", window.end < places.size()},
            {"hasPreviousPage", window.begin > 0},
            {"startCursor", some ? Json(cursor_of(places[window.begin])) : Json()},
            {"endCursor", some ? Json(cursor_of(places[window.end - 1])) : Json()}};
}

} // namespace

HttpResponse Aeontel::create(Call& call) {
    const auto body = object_body(call);
    if (!body) return refuse(400, "The body must be a JSON object");
    const auto unknown = knobs_.unknown_keys == "refuse" ? UnknownKeys::refused : UnknownKeys::ignored;
    Json given = *body;
    for (const auto& rule : create_fields()) { // a null in a create says that there is nothing
        if (rule.nullable && value_of(given, rule.name).is_null()) given.erase(std::string(rule.name));
    }
    const auto problems = check_fields(given, create_fields(), false, unknown);
    if (!problems.empty()) return refuse(400, problems_text(problems));
    if (!workspace_allowed(text_of(given, "workspaceId"))) return refuse(403, "No access to this workspace");
    if (given.contains("connectorId") && !connector(text_of(given, "connectorId"))) {
        return refuse(400, "connectorId: no such connector");
    }
    Json document = {{"headers", Json::object()}, {"connectorConfig", Json::object()}, {"authType", "none"}};
    put_members(document, given, create_fields(), false);
    if (document.contains("connectorId")) document["connectorStatus"] = "disconnected";
    return json_answer(knobs_.create_status, row(add(document, call.who->subject_id)));
}

// Nulls leave `changes`; what they clear leaves `document`.
std::optional<HttpResponse> Aeontel::clear_nulls(Json& document, Json& changes) const {
    for (const auto& rule : patch_fields()) {
        const std::string key(rule.name);
        if (!changes.contains(key) || !changes[key].is_null()) continue;
        if (knobs_.nulls == "refuse" || (knobs_.nulls == "clear" && !rule.nullable)) {
            return refuse(400, key + ": must not be null");
        }
        changes.erase(key);
        if (knobs_.nulls == "clear") document.erase(key);
    }
    return std::nullopt;
}

void Aeontel::switch_auth(Json& document, const Json& changes) const {
    const std::string before = text_of(document, "authType");
    const std::string after = changes.contains("authType") ? text_of(changes, "authType") : before;
    if (before == after || knobs_.auth_switch == "keep") return;
    if (after != "api_key") document.erase("apiKey");
    if (after == "oauth") return;
    for (const char* key : {"oauthClientId", "oauthClientSecret", "oauthTokenEndpoint", "oauthAuthorizationEndpoint",
                            "oauthScopes", "oauthExpiresAt"}) {
        document.erase(key);
    }
}

HttpResponse Aeontel::update(Call& call) {
    if (!call.server || deleted(*call.server)) return refuse(404, "MCP server not found");
    Server& server = *call.server;
    if (!workspace_allowed(server.type)) return refuse(404, "MCP server not found");
    auto changes = object_body(call);
    if (!changes) return refuse(400, "The body must be a JSON object");
    Json document = server.document();
    if (auto refusal = clear_nulls(document, *changes)) return std::move(*refusal);
    const auto unknown = knobs_.unknown_keys == "refuse" ? UnknownKeys::refused : UnknownKeys::ignored;
    const auto problems = check_fields(*changes, patch_fields(), true, unknown);
    if (!problems.empty()) return refuse(400, problems_text(problems));
    const std::string connector_id = text_of(*changes, "connectorId");
    if (!connector_id.empty() && !connector(connector_id)) return refuse(400, "connectorId: no such connector");
    switch_auth(document, *changes);
    const Json before = value_of(document, "connectorId");
    put_members(document, *changes, patch_fields(), knobs_.maps == "merge");
    if (!document.contains("connectorId"))
        document.erase("connectorStatus");
    else if (document["connectorId"] != before)
        document["connectorStatus"] = "disconnected";
    change_document(ground_, server, document);
    return json_answer(200, row(server));
}

HttpResponse Aeontel::get(Call& call) {
    if (unpublished_hidden()) return refuse(knobs_.unpublished_status, "Not found");
    const bool there = call.server && !deleted(*call.server) && workspace_allowed(call.server->type);
    return there ? json_answer(200, row(*call.server)) : refuse(404, "MCP server not found");
}

HttpResponse Aeontel::remove(Call& call) {
    if (unpublished_hidden()) return refuse(knobs_.unpublished_status, "Not found");
    const bool there = call.server && !deleted(*call.server) && workspace_allowed(call.server->type);
    if (!there) return refuse(404, "MCP server not found");
    Server& server = *call.server;
    Json document = server.document();
    document["deletedAt"] = iso_time(ground_.now_ms());
    change_document(ground_, server, document);
    ground_.registry().rename(server, server.name + " (deleted)"); // its name is free, also for people
    ground_.registry().changed(server);
    if (knobs_.delete_status == 204) return no_content();
    return json_answer(200, Json{{"id", server.id}, {"deleted", true}});
}

// In the order of the list, before paging.
std::vector<Server*> Aeontel::selected(const HttpRequest& request) {
    const std::string workspace = query_parameter(request.target, "workspace_id");
    const std::string name = query_parameter(request.target, "name");
    const std::string ids = query_parameter(request.target, "ids");
    const std::string gone = query_parameter(request.target, "include_deleted");
    std::vector<Server*> rows;
    for (Server* server : ground_.registry().in_order()) {
        const bool is_deleted = deleted(*server);
        const bool wanted = gone == "only" ? is_deleted : gone == "true" || !is_deleted;
        if (!wanted || !workspace_allowed(server->type)) continue;
        if (!workspace.empty() && server->type != workspace) continue;
        if (!name.empty() && server->name != name) continue;
        if (!ids.empty() && !in_comma_list(ids, server->id)) continue;
        rows.push_back(server);
    }
    if (knobs_.list_order == "created_desc") std::reverse(rows.begin(), rows.end());
    return rows;
}

HttpResponse Aeontel::list(Call& call) {
    if (unpublished_hidden()) return refuse(knobs_.unpublished_status, "Not found");
    for (const char* key : {"filter", "orderBy"}) {
        if (!query_parameter(call.request.target, key).empty()) {
            return refuse(400, std::string(key) + ": this sandbox does not know its language");
        }
    }
    const auto rows = selected(call.request);
    std::vector<std::uint64_t> places;
    for (const Server* server : rows) places.push_back(server->sequence);
    const auto window = window_of(places, call.request);
    if (!window) return refuse(400, "unknown cursor, or a limit that is not from 1 to 100");
    Json data = Json::array();
    for (std::size_t i = window->begin; i < window->end; ++i) data.push_back(row(*rows[i]));
    return json_answer(200, Json{{"data", std::move(data)}, {"pageInfo", page_info(places, *window)}});
}

HttpResponse Aeontel::list_connectors(Call& call) {
    const std::string workspace = query_parameter(call.request.target, "workspace_id");
    const std::string ids = query_parameter(call.request.target, "ids");
    const std::string enabled = query_parameter(call.request.target, "enabled");
    Json all = Json::array();
    std::vector<std::uint64_t> places;
    for (Json item : connectors()) {
        if (!ids.empty() && !in_comma_list(ids, text_of(item, "id"))) continue;
        if (!enabled.empty() && item["enabled"] != (enabled == "true")) continue;
        if (!workspace.empty()) {
            item["connectionStatus"] = nullptr;
            for (const Server* server : ground_.registry().in_order()) {
                const Json document = server->document();
                const bool its = server->type == workspace && value_of(document, "connectorId") == item["id"];
                if (its && !document.contains("deletedAt")) item["connectionStatus"] = document["connectorStatus"];
            }
        }
        all.push_back(std::move(item));
        places.push_back(all.size());
    }
    const auto window = window_of(places, call.request);
    if (!window) return refuse(400, "unknown cursor, or a limit that is not from 1 to 100");
    Json data = Json::array();
    for (std::size_t i = window->begin; i < window->end; ++i) data.push_back(all[i]);
    return json_answer(200, Json{{"data", std::move(data)}, {"pageInfo", page_info(places, *window)}});
}

HttpResponse Aeontel::get_connector(Call& call) {
    const Json* found = connector(call.slots.front());
    return found ? json_answer(200, *found) : refuse(404, "Connector not found");
}

HttpResponse Aeontel::connect(Call& call) {
    const Json* found = connector(call.slots.front());
    if (!found) return refuse(404, "Connector not found");
    const std::string workspace = query_parameter(call.request.target, "workspace_id");
    if (workspace.empty()) return refuse(400, "workspace_id: required");
    if (!workspace_allowed(workspace)) return refuse(403, "No access to this workspace");
    Json config = Json::object();
    if (const std::string text = query_parameter(call.request.target, "config"); !text.empty()) {
        const auto parsed = parse_body(text);
        if (!parsed || !parsed->is_object()) return refuse(400, "config must be a JSON object");
        config = *parsed;
    }
    const Json document = {{"workspaceId", workspace},  {"name", (*found)["name"]},
                           {"url", (*found)["mcpUrl"]}, {"authType", "oauth"},
                           {"headers", Json::object()}, {"connectorId", (*found)["id"]},
                           {"connectorConfig", config}, {"connectorStatus", "disconnected"}};
    const Server& server = add(document, call.who->subject_id);
    return json_answer(200, Json{{"authorizationUrl", "https://id.sandbox.example/authorize?state=" + server.id},
                                 {"mcpServerId", server.id}});
}

} // namespace kedge::sandbox
