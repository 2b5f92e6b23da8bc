// Bodies and requests of both variants.
#include "dialect/gaia_parts.h"

#include <array>
#include <stdexcept>

namespace kedge::gaia {

namespace {

std::string collection_of(const GaiaOptions& options) {
    return options.as_built ? "/api/v1/mcp" : "/api/mcp/servers";
}

std::string joined(const Json& list, const char* what) {
    std::string text;
    if (is_empty(list)) return text;
    for (const auto& item : list) {
        const bool word = item.is_string() && item != "" && item.get<std::string>().find(' ') == std::string::npos;
        if (!word) throw std::invalid_argument(std::string(what) + " that is no single word");
        text += (text.empty() ? "" : " ") + item.get<std::string>();
    }
    return text;
}

Json header_list(const GaiaOptions& options, const Json& document) {
    Json list = Json::array();
    const Json headers = headers_of(document);
    for (const auto& [name, value] : headers.items()) {
        if (options.as_built)
            list.push_back({{"name", name}, {"value", value}, {"enabled", true}});
        else
            list.push_back({{"key", name}, {"value", value}});
    }
    return list;
}

// What says how the server is reached: all of validate, part of create.
Json reach_of(const GaiaOptions& options, const Json& document) {
    Json body = Json::object();
    if (text_at(document, "type") == stdio_type) {
        body["transportType"] = "stdio";
        body["command"] = member(document, "command");
        if (auto args = joined(member(document, "args"), "an argument"); !args.empty()) body["args"] = std::move(args);
        const auto& auth = member(document, "auth_data");
        if (const auto& env = member(auth, "env"); !is_empty(env)) body["env"] = env;
    } else {
        const auto transport = text_at(block_of(document), "transport");
        const bool http = transport.empty() || transport == "http" || transport == "streamable-http";
        body["transportType"] = !http ? transport : options.as_built ? "streamable-http" : "http";
        body["url"] = member(document, "url");
        if (auto headers = header_list(options, document); !headers.empty()) body["customHeaders"] = std::move(headers);
    }
    body["connectionType"] = connection_of(document);
    if (const auto& url = member(block_of(document), "proxy_url"); !is_empty(url)) body["proxyUrl"] = url;
    return body;
}

void put_oauth(const Json& document, Json& body) {
    const auto& auth = member(document, "auth_data");
    if (text_at(auth, "type") != "oauth2") return;
    for (const auto& [ours, theirs] :
         {std::pair{"client_id", "oauthClientId"}, std::pair{"client_secret", "oauthClientSecret"}}) {
        const auto& value = member(auth, ours);
        if (value.is_string() && value != "") body[theirs] = value;
    }
    if (auto scopes = joined(member(auth, "scopes"), "a scope"); !scopes.empty())
        body["oauthScope"] = std::move(scopes);
}

} // namespace

Json create_body(const GaiaOptions& options, const Json& document) {
    Json body = reach_of(options, document);
    body["projectId"] = options.project;
    body["name"] = member(document, "name");
    if (const auto& text = member(document, "description"); !is_empty(text)) body["description"] = text;
    put_oauth(document, body);
    static constexpr std::array<std::pair<const char*, const char*>, 4> names{
        {{"proxy_auth_token", "proxyAuthToken"},
         {"proxy_auth_header", "proxyAuthHeader"},
         {"request_timeout_ms", "requestTimeout"},
         {"max_total_timeout_ms", "maxTotalTimeout"}}};
    for (const auto& [ours, theirs] : names) {
        if (const auto& value = member(block_of(document), ours); !is_empty(value)) body[theirs] = value;
    }
    return body;
}

Json validate_body(const GaiaOptions& options, const Json& document) {
    return reach_of(options, document);
}

// Null is refused, so what goes is emptied.
Json update_body(const GaiaOptions& options, const Json& document, const Json& row) {
    const Json whole = create_body(options, document);
    Json body = Json::object();
    for (const char* key : {"name", "description", "url", "customHeaders", "oauthClientId", "oauthClientSecret",
                            "oauthScope", "proxyUrl", "proxyAuthToken"}) {
        // The documents do not show most of them: emptied unseen.
        const bool stdio_alone = std::string_view(key) == "url";
        if (whole.contains(key))
            body[key] = whole[key];
        else if (!is_empty(member(row, key)) || (!options.as_built && !stdio_alone && !row.is_null()))
            body[key] = std::string_view(key) == "customHeaders" ? Json::array() : Json("");
    }
    return body;
}

HttpRequest list_request(const GaiaOptions& options) {
    return json_request("GET", collection_of(options) + "?projectId=" + percent_encode(options.project));
}

HttpRequest row_request(const GaiaOptions& options, const std::string& method, const std::string& remote_id,
                        const Json& body) {
    return json_request(method, collection_of(options) + "/" + percent_encode(remote_id), body);
}

HttpRequest create_request(const GaiaOptions& options, const Json& body) {
    return json_request("POST", collection_of(options), body);
}

HttpRequest validate_request(const GaiaOptions& options, const Json& body) {
    return json_request("POST", options.as_built ? "/api/v1/mcp/validate" : "/api/mcp/validate", body);
}

} // namespace kedge::gaia
