#include "sandbox/gravity_rail.h"

#include "base/digest.h"
#include "sandbox/documents.h"
#include "sandbox/rows.h"

#include <algorithm>

namespace kedge::sandbox {

const std::vector<KnobRowOf<GravityRailKnobs>>& gravity_rail_knobs() {
    using K = GravityRailKnobs;
    static const std::vector<KnobRowOf<K>> rows{
        {"writes", &K::writes, {}, "create (POST) and update (PATCH) are there; neither is published"},
        {"missing_status", &K::missing_status, {"404", "405"}, "answer to create and update where they are not"},
        {"list_shape", &K::list_shape, {"array", "items"}, "the list is an array, or {items: [...]}"},
        {"authorize_word", &K::authorize_word, {"AUTHORIZE", "AUTH"}, "the state's name; both are published"},
        {"state_case", &K::state_case, {"upper", "lower"}, "spelling of states"},
        {"clear_registration_in", &K::clear_registration_in, {"query", "body"}, "where disable looks for it"},
        {"authorize_status", &K::authorize_status, {"400", "403", "409"}, "enable of a server that waits for OAuth"},
        {"authorize_detail", &K::authorize_detail, {"text", "object"}, "detail of that answer"},
        {"app_detail", &K::app_detail, {"authorize_url", "app_uuid"}, "what the detail object of a 403 has"},
        {"get_visibility", &K::get_visibility, {"same", "all"}, "all: GET by id shows what the list hides"},
        {"delete_twice", &K::delete_twice, {"missing", "done"}, "a repeated delete: 404 or 200"},
        {"unreachable", &K::unreachable, {}, "comma list of URL patterns (*) at which no MCP server answers"},
        {"wanting_oauth", &K::wanting_oauth, {}, "the same for servers that turn out to want OAuth"},
        {"workspaces", &K::workspaces, {}, "comma list of the workspaces of the keys (else 403); empty: all"},
    };
    return rows;
}

GravityRail::GravityRail(GravityRailKnobs knobs, PlaneOptions options)
    : ground_("gravity_rail", std::move(options)),
      knobs_(first_knobs(ground_, std::move(knobs), gravity_rail_knobs())) {}

const std::vector<ProductRoute<GravityRail>>& GravityRail::table() {
    using R = GravityRail;
    using enum Need;
    static const std::vector<ProductRoute<R>> rows{
        {"GET", "/api/v2/w/{workspace}/mcp-servers", reading, &R::list, "list what the member sees"},
        {"POST", "/api/v2/w/{workspace}/mcp-servers", reading, &R::create, "create; knob writes"},
        {"POST", "/api/v2/w/{workspace}/mcp-servers/oauth-discovery", writing, &R::discovery,
         "OAuth metadata of {url}"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}", reading, &R::get, "one server"},
        {"PATCH", "/api/v2/w/{workspace}/mcp-servers/{id}", reading, &R::update, "update; knob writes"},
        {"DELETE", "/api/v2/w/{workspace}/mcp-servers/{id}", administering, &R::remove, "delete"},
        {"POST", "/api/v2/w/{workspace}/mcp-servers/{id}/enable", writing, &R::enable, "turn on, or one step on"},
        {"POST", "/api/v2/w/{workspace}/mcp-servers/{id}/disable", writing, &R::disable, "off (clear_registration)"},
        {"POST", "/api/v2/w/{workspace}/mcp-servers/{id}/test", reading, &R::test,
         "success makes it ready and enabled"},
        {"POST", "/api/v2/w/{workspace}/mcp-servers/{id}/credentials", writing, &R::credentials, "link the member"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}/members", reading, &R::members, "who is connected"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}/oauth/authorize", writing, &R::authorize,
         "redirects into OAuth"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}/tools", reading, &R::tools, "tools, fetched live"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}/prompts", reading, &R::prompts, "prompts, fetched live"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}/resources", reading, &R::resources, "resources, fetched live"},
        {"GET", "/api/v2/w/{workspace}/mcp-servers/{id}/icon", nobody, &R::icon, "icon, with its token"},
    };
    return rows;
}

std::vector<RouteRow> GravityRail::routes() {
    return route_rows(table());
}

Exchange GravityRail::serve(const HttpRequest& request) {
    Call call{.request = request, .path = ground_.path_of(request.target)};
    call.who = ground_.people().find(bearer(request));
    return serve_routes(*this, table(), call);
}

// 5xx is always one text.
HttpResponse GravityRail::refuse(int status, const std::string& message) const {
    return json_answer(status, Json{{"detail", status >= 500 ? "An internal error occurred" : message}});
}

HttpResponse GravityRail::absent(const Call& call) const {
    return path_known(table(), call.path) ? refuse(405, "Method Not Allowed") : refuse(404, "Not Found");
}

std::optional<HttpResponse> GravityRail::admit(const Call& call, Need need) const {
    if (!call.who) return refuse(401, "Invalid or expired API key");
    if (may(*call.who, need)) return std::nullopt;
    return refuse(403, std::string("Missing scope: ") + (need == Need::administering ? "apps:admin" : "apps:write"));
}

std::optional<std::string> GravityRail::turn_knobs(const Json& values, bool fresh) {
    return turn(ground_, knobs_, gravity_rail_knobs(), values, fresh);
}

Server& GravityRail::add(const Json& document) {
    Server server;
    server.id = std::to_string(1000 + ground_.registry().next_number());
    server.type = text_of(document, "workspace");
    return add_document(ground_, std::move(server), document);
}

std::optional<std::string> GravityRail::save(Json document, Server* live, bool raw) {
    if (text_of(document, "name").empty()) return "server: a text \"name\" is wanted";
    if (!raw) {
        const auto problems = check_fields(document, gravity_rail_fields(), false);
        if (!problems.empty()) return "server: " + problems_text(problems);
        if (!is_uuid(text_of(document, "workspace"))) return "server: workspace: a UUID is wanted";
    }
    if (live) {
        change_document(ground_, *live, document);
    } else {
        add(document);
    }
    return std::nullopt;
}

Json GravityRail::shown(const Server& server) {
    Json shown = row(server);
    const Json document = server.document();
    for (const char* key : {"workspace", "visibleTo", "clientId"}) {
        if (document.contains(key)) shown[key] = document[key];
    }
    return without_secrets(std::move(shown));
}

std::string GravityRail::state_word(const std::string& state) const {
    std::string word = state == "AUTHORIZE" ? knobs_.authorize_word : state;
    if (knobs_.state_case == "upper") return word;
    for (auto& c : word) c = static_cast<char>(c | 0x20);
    return word;
}

std::string GravityRail::icon_token(const Server& server) const {
    return hmac_sha256("sandbox", server.id).short_hex();
}

Json GravityRail::row(const Server& server) const {
    const Json document = server.document();
    return {{"id", std::stoll(server.id)},
            {"uuid", id_uuid(ground_.options().seed, server.sequence)},
            {"name", value_of(document, "name")},
            {"url", value_of(document, "url")},
            {"authType", document.value("authType", Json("none"))},
            {"state", state_word(document.value("state", "REGISTER"))},
            {"enabled", document.value("enabled", Json(false))},
            {"description", value_of(document, "description")},
            {"iconUrl", "/api/v2/w/" + server.type + "/mcp-servers/" + server.id + "/icon?token=" + icon_token(server)},
            {"createdAt", iso_time(server.created_ms)},
            {"updatedAt", iso_time(server.updated_ms)}};
}

// A guest sees what names it; the others see all that names nobody, or them.
bool GravityRail::visible(const Server& server, const Person& who) const {
    const Json members = value_of(server.document(), "visibleTo");
    if (!members.is_array()) return who.role != Role::guest;
    return std::find(members.begin(), members.end(), Json(who.slug)) != members.end();
}

} // namespace kedge::sandbox
