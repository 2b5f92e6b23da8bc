// One McpServer as a manifest, and the normal form of both sides.
#include "dialect/aeontel_parts.h"
#include "model/secret_fields.h"

#include <array>
#include <stdexcept>

namespace kedge::aeontel {

namespace {

// Absent, null, "", [] and {} are the same.
bool is_empty(const Json& value) {
    return value.is_null() || (value.is_structured() && value.empty()) ||
           (value.is_string() && value.get_ref<const std::string&>().empty());
}

const Json& member(const Json& object, const char* key) {
    static const Json none;
    if (!object.is_object()) return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

Json split(const std::string& scopes) {
    Json list = Json::array();
    std::size_t from = 0;
    while ((from = scopes.find_first_not_of(' ', from)) != std::string::npos) {
        const auto end = scopes.find(' ', from);
        list.push_back(scopes.substr(from, end - from));
        from = end;
    }
    return list;
}

// The secrets never come back; that there is one shows in the type alone.
Json auth_of(const Json& row) {
    const auto type = text_at(row, "authType");
    if (type.empty() || type == "none") return {};
    if (type == "api_key") return {{"type", "header"}, {"headers", {{"Authorization", unreadable_value()}}}};
    if (type != "oauth") return {{"type", type}};
    Json auth{{"type", "oauth2"}, {"client_secret", unreadable_value()}};
    static constexpr std::array<std::pair<const char*, const char*>, 3> names{
        {{"client_id", "oauthClientId"},
         {"token_url", "oauthTokenEndpoint"},
         {"authorization_url", "oauthAuthorizationEndpoint"}}};
    for (const auto& [ours, theirs] : names) {
        if (const auto& value = member(row, theirs); !is_empty(value)) auth[ours] = value;
    }
    if (auto scopes = split(text_at(row, "oauthScopes")); !scopes.empty()) auth["scopes"] = std::move(scopes);
    return auth;
}

Json extra_of(const Json& row) {
    Json block = Json::object();
    if (const auto& id = member(row, "connectorId"); !is_empty(id)) block["connector_id"] = id;
    if (const auto& config = member(row, "connectorConfig"); !is_empty(config)) block["connector_config"] = config;
    return block;
}

Condition condition_of(const Json& row) {
    Condition condition;
    const bool installed = !is_empty(member(row, "connectorId"));
    const auto status = text_at(row, "connectorStatus");
    if (status == "connected" || (status.empty() && !installed)) return condition;
    if (status == "error") {
        condition.reachable = false;
        condition.text = "its connector reports an error";
    } else if (installed && (status.empty() || status == "disconnected")) {
        condition.needs_person = true;
        condition.text = "its connector is not connected; connect it in the Aeontel workspace, in a browser";
    } else {
        condition.reachable = status != "disconnected";
        condition.text = "connector status: \"" + words(status, 60) + "\"";
    }
    return condition;
}

void keep_only(Json& object, const std::vector<std::string_view>& keys) {
    for (auto it = object.begin(); it != object.end();) {
        const bool known = std::find(keys.begin(), keys.end(), it.key()) != keys.end();
        it = known && !is_empty(*it) ? std::next(it) : object.erase(it);
    }
}

void tidy_auth(Json& auth) {
    const auto type = text_at(auth, "type");
    if (type == "header") {
        keep_only(auth, {"type", "headers"});
    } else if (type == "oauth2") {
        keep_only(auth, {"type", "client_id", "client_secret", "token_url", "authorization_url", "scopes"});
        // Whether there is one cannot be read: no secret in git is no difference.
        if (!auth.contains("client_secret")) auth["client_secret"] = unreadable_value();
        if (auth.contains("scopes")) sort_set(&auth["scopes"]);
    }
}

} // namespace

Json block_of(const Json& document) {
    const auto& block = member(member(document, "x-kedge"), "aeontel");
    return block.is_object() ? block : Json::object();
}

LiveDocument read_row(const AeontelOptions& options, const Json& row) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    LiveDocument live;
    live.remote_id = text_at(row, "id");
    live.name = text_at(row, "name");
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    if (text_at(row, "workspaceId") != options.workspace) throw std::invalid_argument("a row of another workspace");
    if (!is_empty(member(row, "deletedAt"))) throw std::invalid_argument("a row that is deleted");
    live.type = remote_type;
    live.version = text_at(row, "updatedAt");
    live.condition = condition_of(row);
    live.document = {{"type", remote_type}, {"name", live.name}};
    if (const auto& url = member(row, "url"); !is_empty(url)) live.document["url"] = url;
    if (const auto& headers = member(row, "headers"); !is_empty(headers)) live.document["additional_headers"] = headers;
    if (auto block = extra_of(row); !block.empty()) live.document["x-kedge"]["aeontel"] = std::move(block);
    neutralise(live.document);
    mask_hidden(live.document);
    if (auto auth = auth_of(row); !auth.is_null()) live.document["auth_data"] = std::move(auth);
    return live;
}

Json canonical_manifest(Json document) {
    if (!document.is_object()) return document;
    if (document.contains("auth_data") && document["auth_data"].is_object()) tidy_auth(document["auth_data"]);
    if (document.contains("x-kedge")) {
        Json block = block_of(document);
        keep_only(block, {"connector_id", "connector_config"});
        document["x-kedge"] = block.empty() ? Json() : Json{{"aeontel", std::move(block)}};
    }
    keep_only(document, {"type", "name", "url", "auth_data", "additional_headers", "x-kedge"});
    return document;
}

} // namespace kedge::aeontel
