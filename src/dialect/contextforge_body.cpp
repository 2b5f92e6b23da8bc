// Requests and bodies. A body is built from git alone, and always carries the whole authentication: a PUT without it
// wipes the stored credential and is answered 200.
#include "dialect/contextforge_parts.h"

#include <algorithm>

namespace kedge::contextforge {

namespace {

std::string value_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

// {"grant_type":"client_credentials","client_id":...,"client_secret":...,"token_url":...,"scopes":[...]}
Json oauth_config(const Json& auth) {
    Json config{{"grant_type", auth.value("grant_type", Json("authorization_code"))}};
    for (const char* key : {"client_id", "client_secret", "token_url", "authorization_url", "scopes"}) {
        if (is_set(auth, key)) config[key] = auth[key];
    }
    return config;
}

// The words of the API: authheaders with a list, oauth with a map, none. "none" is said only where there is something
// to take away: said to a registration without authentication it counts as a change, and needs the MCP server's answer.
void put_auth(Json& body, const Json& document, const Json* before) {
    const auto auth = document.find("auth_data");
    if (auth != document.end() && auth->is_object() && text_at(*auth, "type") == "oauth2") {
        body["auth_type"] = "oauth";
        body["oauth_config"] = oauth_config(*auth);
        return;
    }
    const auto headers = headers_of(document);
    if (!headers.empty()) {
        body["auth_type"] = "authheaders";
        body["auth_headers"] = Json::array();
        for (const auto& [key, value] : headers.items())
            body["auth_headers"].push_back({{"key", key}, {"value", value_text(value)}});
    } else if (before != nullptr && has_auth(*before)) {
        body["auth_type"] = "none";
    }
}

} // namespace

Json body_of(const Json& document, const ContextForgeOptions& options, const Json* before) {
    const bool update = before != nullptr;
    const auto block = own_block(document);
    Json body{{"name", text_at(document, "name")},
              {"url", text_at(document, "url")},
              {"transport", block.value("transport", Json(usual_transport))},
              {"visibility", options.visibility}};
    // Absent means "as it was": what git does not have is sent empty.
    const auto description = text_at(document, "description");
    if (update || !description.empty()) body["description"] = description;
    const auto passed = block.value("passthrough_headers", Json());
    if (update || passed.is_array()) body["passthrough_headers"] = passed.is_array() ? passed : Json::array();
    const auto tags = document.find("tags");
    const auto flat = tags == document.end() ? std::vector<std::string>{} : flat_tags(*tags);
    if (update || !flat.empty()) body["tags"] = flat;
    put_auth(body, document, before);
    return body;
}

HttpRequest get_request(const std::string& target) {
    return json_request("GET", "/v1/gateways" + target);
}

HttpRequest write_request(const std::string& method, const std::string& target, const Json& body) {
    return json_request(method, "/v1/gateways" + target, body);
}

// Without include_inactive disabled ones are missing, without include_pagination nothing tells that there is more.
HttpRequest list_request(const ContextForgeOptions& options, int limit, const std::string& cursor) {
    auto target = "?include_inactive=true&include_pagination=true&visibility=" + options.visibility +
                  "&limit=" + std::to_string(limit);
    if (!cursor.empty()) target += "&cursor=" + percent_encode(cursor);
    return get_request(target);
}

std::string path_of(const std::string& id_or_name) {
    return "/" + percent_encode(id_or_name);
}

} // namespace kedge::contextforge
