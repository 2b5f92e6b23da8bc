#include "sandbox/aeontel.h"

#include "sandbox/documents.h"
#include "sandbox/rows.h"

#include <array>

namespace kedge::sandbox {

namespace {

using Kind = FieldRule::Kind;

// What a person or a test may set beside the fields of the API.
const std::vector<FieldRule>& kept_fields() {
    static const std::vector<FieldRule> rules{
        {"workspaceId", Kind::filled_text, true},
        {"name", Kind::filled_text, true},
        {"url", Kind::filled_text, true},
        {"authType", Kind::text, false, false, {"none", "api_key", "oauth"}},
        {"connectorStatus", Kind::text, false, true, {"connected", "disconnected", "error"}},
        {"headers", Kind::object},
        {"connectorConfig", Kind::object},
    };
    return rules;
}

} // namespace

const std::vector<KnobRowOf<AeontelKnobs>>& aeontel_knobs() {
    using K = AeontelKnobs;
    static const std::vector<KnobRowOf<K>> rows{
        {"api", &K::api, {"full", "published"}, "published: create and update only, as the page has them"},
        {"unpublished_status", &K::unpublished_status, {"404", "405"}, "answer to list, get, delete when published"},
        {"create_status", &K::create_status, {"200", "201"}, "status of a create"},
        {"delete_status", &K::delete_status, {"200", "204"}, "status of a delete"},
        {"nulls", &K::nulls, {"clear", "keep", "refuse"}, "null in a PATCH: clears, changes nothing, or 400"},
        {"maps", &K::maps, {"replace", "merge"}, "headers and connectorConfig in a PATCH"},
        {"auth_switch", &K::auth_switch, {"keep", "clear"}, "fields of the old authType when it changes"},
        {"unknown_keys", &K::unknown_keys, {"ignore", "refuse"}, "body fields that the page does not have"},
        {"error_body", &K::error_body, {"message", "error", "nested", "text"}, "shape of errors; none is published"},
        {"omit_empty", &K::omit_empty, {}, "empty headers and connectorConfig are left out of answers"},
        {"blank_status", &K::blank_status, {"null", "empty"}, "connectorStatus without a connector: null or \"\""},
        {"mask_headers", &K::mask_headers, {}, "what header values are shown as; empty: in clear"},
        {"list_order", &K::list_order, {"created_desc", "created_asc"}, "order of the list"},
        {"workspaces", &K::workspaces, {}, "comma list of the workspaces that keys may use (else 403); empty: all"},
    };
    return rows;
}

Aeontel::Aeontel(AeontelKnobs knobs, PlaneOptions options)
    : ground_("aeontel", std::move(options)), knobs_(first_knobs(ground_, std::move(knobs), aeontel_knobs())) {}

const std::vector<ProductRoute<Aeontel>>& Aeontel::table() {
    using A = Aeontel;
    using enum Need;
    static const std::vector<ProductRoute<A>> rows{
        {"POST", "/api/mcp-servers", writing, &A::create, "create a server"},
        {"PATCH", "/api/mcp-servers/{id}", writing, &A::update, "update a server"},
        {"GET", "/api/mcp-servers", reading, &A::list, "list (limit, after, before, ids, name, workspace_id)"},
        {"GET", "/api/mcp-servers/{id}", reading, &A::get, "one server"},
        {"DELETE", "/api/mcp-servers/{id}", writing, &A::remove, "delete, softly"},
        {"GET", "/api/connectors", reading, &A::list_connectors, "catalogue of connectors"},
        {"GET", "/api/connectors/{id}", reading, &A::get_connector, "one connector, by id or slug"},
        {"GET", "/api/connectors/{id}/connect", writing, &A::connect, "makes a pending server, though it is a GET"},
    };
    return rows;
}

std::vector<RouteRow> Aeontel::routes() {
    return route_rows(table());
}

Exchange Aeontel::serve(const HttpRequest& request) {
    Call call{.request = request, .path = ground_.path_of(request.target)};
    call.who = ground_.people().find(bearer(request));
    Exchange exchange = serve_routes(*this, table(), call);
    const auto number = ground_.audit().counters().requests;
    exchange.response.headers.emplace_back("x-request-id", "req_" + id_letters(ground_.options().seed + 1, number, 20));
    return exchange;
}

HttpResponse Aeontel::refuse(int status, const std::string& message) const {
    if (knobs_.error_body == "text") {
        HttpResponse response;
        response.status = status;
        response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        response.body = message;
        return response;
    }
    if (knobs_.error_body == "error") return json_answer(status, Json{{"error", message}});
    if (knobs_.error_body == "nested") {
        return json_answer(status, Json{{"error", {{"status", status}, {"message", message}}}});
    }
    return json_answer(status, Json{{"message", message}});
}

HttpResponse Aeontel::absent(const Call& call) const {
    const bool elsewhere = path_known(table(), call.path);
    return elsewhere ? refuse(405, "Method not allowed") : refuse(404, "Not found");
}

std::optional<HttpResponse> Aeontel::admit(const Call& call, Need need) const {
    if (!call.who) return refuse(401, "Invalid or missing API key");
    if (!may(*call.who, need)) return refuse(403, "This key may only read");
    return std::nullopt;
}

std::optional<std::string> Aeontel::turn_knobs(const Json& values, bool fresh) {
    return turn(ground_, knobs_, aeontel_knobs(), values, fresh);
}

bool Aeontel::workspace_allowed(const std::string& workspace) const {
    return knobs_.workspaces.empty() || in_comma_list(knobs_.workspaces, workspace);
}

Server& Aeontel::add(const Json& document, const std::string& creator) {
    Server server;
    server.id = "mcp_" + id_letters(ground_.options().seed, ground_.registry().next_number(), 24);
    server.type = text_of(document, "workspaceId");
    server.creator_slug = creator;
    return add_document(ground_, std::move(server), document);
}

std::optional<std::string> Aeontel::save(Json document, Server* live, bool raw) {
    if (text_of(document, "name").empty()) return "server: a text \"name\" is wanted";
    if (!raw) {
        const auto problems = check_fields(document, kept_fields(), false);
        if (!problems.empty()) return "server: " + problems_text(problems);
    }
    if (live) {
        change_document(ground_, *live, document);
    } else {
        add(document, "usr_" + person_of(Role::admin, ground_.options().tenant).subject_id);
    }
    return std::nullopt;
}

Json Aeontel::shown(const Server& server) {
    Json shown = without_secrets(row(server));
    const Json document = server.document();
    for (const char* key : {"apiKey", "oauthClientSecret"}) {
        if (document.contains(key)) shown[key] = "(masked)";
    }
    return shown;
}

Json Aeontel::row(const Server& server) const {
    const Json document = server.document();
    Json row = {{"id", server.id}};
    for (const char* key : {"workspaceId", "name", "url", "oauthClientId", "oauthTokenEndpoint",
                            "oauthAuthorizationEndpoint", "oauthScopes", "oauthExpiresAt", "connectorId"}) {
        row[key] = value_of(document, key);
    }
    row["authType"] = document.value("authType", Json("none"));
    for (const char* key : {"headers", "connectorConfig"}) {
        Json map = document.value(key, Json::object());
        if (knobs_.omit_empty && map.empty()) continue;
        row[key] = std::move(map);
    }
    if (!knobs_.mask_headers.empty() && row.contains("headers")) {
        for (auto& value : row["headers"]) value = knobs_.mask_headers;
    }
    row["connectorStatus"] = value_of(document, "connectorStatus");
    if (row["connectorStatus"].is_null() && knobs_.blank_status == "empty") row["connectorStatus"] = "";
    row["createdBy"] = server.creator_slug;
    row["createdAt"] = iso_time(server.created_ms);
    row["updatedAt"] = iso_time(server.updated_ms);
    if (document.contains("deletedAt")) row["deletedAt"] = document["deletedAt"];
    return row;
}

} // namespace kedge::sandbox
