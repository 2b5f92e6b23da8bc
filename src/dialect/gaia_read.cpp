// One server as a manifest.
#include "dialect/gaia_parts.h"
#include "dialect/sent_values.h"
#include "model/secret_fields.h"

#include <array>
#include <stdexcept>

namespace kedge::gaia {

namespace {

Json split(const std::string& text) {
    Json list = Json::array();
    std::size_t from = 0;
    while ((from = text.find_first_not_of(' ', from)) != std::string::npos) {
        const auto end = text.find(' ', from);
        list.push_back(text.substr(from, end - from));
        from = end;
    }
    return list;
}

// [{"name": "X-Team", "value": "core", "enabled": true}], or "key" for "name" in the documents. One that is switched
// off is not sent, so it is not there; a name that stands twice is no header that git could have.
Json headers_in(const Json& list) {
    Json headers = Json::object();
    if (!list.is_array()) return headers;
    for (const auto& item : list) {
        if (!item.is_object() || member(item, "enabled") == false) continue;
        auto name = text_at(item, "name");
        if (name.empty()) name = text_at(item, "key");
        while (headers.contains(name)) name += " (again)";
        headers[name] = member(item, "value");
    }
    return headers;
}

Json oauth_of(const Json& row) {
    Json auth = Json::object();
    if (const auto& id = member(row, "oauthClientId"); !is_empty(id)) auth["client_id"] = id;
    if (const auto& secret = member(row, "oauthClientSecret"); !is_empty(secret)) auth["client_secret"] = secret;
    if (auto scopes = split(text_at(row, "oauthScope")); !scopes.empty()) auth["scopes"] = std::move(scopes);
    if (!auth.empty()) auth["type"] = "oauth2";
    return auth;
}

Json extra_of(const Json& row) {
    Json block = Json::object();
    static constexpr std::array<std::pair<const char*, const char*>, 6> names{
        {{"connection", "connectionType"},
         {"proxy_url", "proxyUrl"},
         {"proxy_auth_token", "proxyAuthToken"},
         {"proxy_auth_header", "proxyAuthHeader"},
         {"request_timeout_ms", "requestTimeout"},
         {"max_total_timeout_ms", "maxTotalTimeout"}}};
    for (const auto& [ours, theirs] : names) {
        if (const auto& value = member(row, theirs); !is_empty(value)) block[ours] = value;
    }
    const auto transport = text_at(row, "transportType");
    if (!transport.empty() && transport != "stdio") block["transport"] = transport;
    return block;
}

Condition condition_of(const Json& row) {
    Condition condition;
    if (text_at(row, "status") != "error") return condition;
    const auto error = text_at(row, "lastError");
    condition.reachable = false;
    condition.text = "GAIA AI could not connect" + (error.empty() ? "" : ": \"" + words(error, 200) + "\"");
    return condition;
}

void read_stdio(const Json& row, Json& document) {
    if (const auto& command = member(row, "command"); !is_empty(command)) document["command"] = command;
    if (auto args = split(text_at(row, "args")); !args.empty()) document["args"] = std::move(args);
    if (const auto& env = member(row, "env"); !is_empty(env)) document["auth_data"] = {{"type", "env"}, {"env", env}};
}

void read_remote(const Json& row, Json& document) {
    if (const auto& url = member(row, "url"); !is_empty(url)) document["url"] = url;
    if (auto auth = oauth_of(row); !auth.empty()) document["auth_data"] = std::move(auth);
    place_headers(headers_in(member(row, "customHeaders")), document);
}

} // namespace

bool is_empty(const Json& value) {
    return value.is_null() || value == "" || (value.is_structured() && value.empty());
}

const Json& member(const Json& object, const char* key) {
    static const Json none;
    if (!object.is_object()) return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

const Json& block_of(const Json& document) {
    return member(member(document, "x-kedge"), "gaia");
}

void place_headers(const Json& headers, Json& document) {
    const bool other_auth = document.contains("auth_data");
    Json credentials = Json::object();
    Json others = Json::object();
    for (const auto& [name, value] : headers.items())
        (carries_credential(name) && !other_auth ? credentials : others)[name] = value;
    if (!credentials.empty()) document["auth_data"] = {{"type", "header"}, {"headers", std::move(credentials)}};
    if (!others.empty()) document["additional_headers"] = std::move(others);
}

LiveDocument read_row(const GaiaOptions& options, const Json& row) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    LiveDocument live;
    live.remote_id = text_at(row, "id");
    live.name = text_at(row, "name");
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    if (text_at(row, "projectId") != options.project) throw std::invalid_argument("a row of another project");
    const bool stdio = text_at(row, "transportType") == "stdio";
    live.type = stdio ? stdio_type : remote_type;
    live.version = text_at(row, "updatedAt");
    live.condition = condition_of(row);
    live.document = {{"type", live.type}, {"name", live.name}};
    if (const auto& text = member(row, "description"); !is_empty(text)) live.document["description"] = text;
    if (stdio)
        read_stdio(row, live.document);
    else
        read_remote(row, live.document);
    if (auto block = extra_of(row); !block.empty()) live.document["x-kedge"]["gaia"] = std::move(block);
    neutralise(live.document);
    mask_hidden(live.document);
    if (!options.as_built) live.document = shown_form(std::move(live.document), options);
    return live;
}

} // namespace kedge::gaia
