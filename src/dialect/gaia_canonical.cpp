// The normal form of both sides.
#include "dialect/gaia_parts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kedge::gaia {

namespace {

void keep(const Json& from, Json& to, const std::vector<const char*>& keys) {
    for (const char* key : keys) {
        if (const auto& value = member(from, key); !is_empty(value)) to[key] = value;
    }
}

void drop(Json& block, const char* key, const Json& usual) {
    if (block.contains(key) && block[key] == usual) block.erase(key);
}

// Fields that the documents do not show of a server.
constexpr std::array<const char*, 5> unseen_settings{"proxy_url", "proxy_auth_token", "proxy_auth_header",
                                                     "request_timeout_ms", "max_total_timeout_ms"};

Json canonical_block(const Json& document, bool as_built) {
    Json block = Json::object();
    keep(block_of(document), block, {"transport", "connection"});
    if (member(block, "transport") == "streamable-http") block["transport"] = "http";
    drop(block, "transport", "http");
    keep(block_of(document), block, {unseen_settings.begin(), unseen_settings.end()});
    const bool proxy = block.contains("proxy_url") || document.value("type", Json()) == stdio_type;
    if (as_built)
        drop(block, "connection", proxy ? "proxy" : "direct");
    else if (!block.contains("connection")) // the documents show how it connects, and not where to
        block["connection"] = connection_of(document);
    drop(block, "proxy_auth_header", "Authorization");
    drop(block, "request_timeout_ms", 30000);
    drop(block, "max_total_timeout_ms", 60000);
    return block;
}

// Of the authentication, what a server has room for.
void place_auth(const Json& document, Json& kept) {
    const auto& auth = member(document, "auth_data");
    const auto type = text_at(auth, "type");
    Json it = Json::object();
    if (type == "oauth2") {
        keep(auth, it, {"type", "client_id", "client_secret", "scopes"});
        if (it.contains("scopes")) sort_set(&it["scopes"]);
        if (it.size() > 1) kept["auth_data"] = std::move(it);
    } else if (type == "env") {
        keep(auth, it, {"type", "env"});
        if (it.size() > 1) kept["auth_data"] = std::move(it);
    } else if (type != "header" && !is_empty(auth)) {
        kept["auth_data"] = auth; // check() refuses it: left as it is written
    }
    place_headers(headers_of(document), kept);
}

} // namespace

Json headers_of(const Json& document) {
    Json headers = Json::object();
    const auto take = [&](const Json& map) {
        if (!map.is_object()) return;
        for (const auto& [name, value] : map.items()) {
            if (!headers.contains(name)) headers[name] = value;
        }
    };
    const auto& auth = member(document, "auth_data");
    if (text_at(auth, "type") == "header") take(member(auth, "headers"));
    take(member(document, "additional_headers"));
    return headers;
}

std::string connection_of(const Json& document) {
    const auto& block = block_of(document);
    if (auto stated = text_at(block, "connection"); !stated.empty()) return stated;
    const bool proxy = !is_empty(member(block, "proxy_url")) || text_at(document, "type") == stdio_type;
    return proxy ? "proxy" : "direct";
}

Json canonical_manifest(Json document, const GaiaOptions& options) {
    if (!document.is_object()) return document;
    Json kept = Json::object();
    keep(document, kept, {"type", "name", "description", "url", "command", "args"});
    place_auth(document, kept);
    if (auto block = canonical_block(document, options.as_built); !block.empty())
        kept["x-kedge"]["gaia"] = std::move(block);
    return kept;
}

Json shown_form(Json document, const GaiaOptions& options) {
    document = canonical_manifest(std::move(document), options);
    if (options.as_built || !document.is_object()) return document;
    document.erase("auth_data");
    document.erase("additional_headers");
    for (const char* key : unseen_settings) document["x-kedge"]["gaia"].erase(key);
    return document;
}

} // namespace kedge::gaia
