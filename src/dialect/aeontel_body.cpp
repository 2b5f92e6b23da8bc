// Bodies of POST and PATCH, exactly as published, and what an answer proves of them.
#include "dialect/aeontel_parts.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

namespace kedge::aeontel {

namespace {

const Json* set_member(const Json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    const bool empty =
        found == object.end() || found->is_null() || *found == "" || (found->is_structured() && found->empty());
    return empty ? nullptr : &*found;
}

std::string key_of(const Json& auth) {
    const auto* headers = set_member(auth, "headers");
    const bool one = headers != nullptr && headers->is_object() && headers->size() == 1;
    const auto text = one ? text_at(*headers, "Authorization") : std::string();
    if (!text.starts_with(bearer) || text.size() == bearer.size())
        throw std::invalid_argument("auth_data is not the one header \"Authorization: Bearer KEY\"");
    return text.substr(bearer.size());
}

std::string scopes_of(const Json& auth) {
    std::string text;
    if (const auto* scopes = set_member(auth, "scopes")) {
        for (const auto& scope : *scopes) {
            if (!scope.is_string()) throw std::invalid_argument("a scope that is no text");
            text += (text.empty() ? "" : " ") + scope.get<std::string>();
        }
    }
    return text;
}

void put_auth(const Json& document, Json& body) {
    const auto* auth = set_member(document, "auth_data");
    const auto type = auth ? text_at(*auth, "type") : std::string("none");
    if (type == "none" && !auth) {
        body["authType"] = "none";
    } else if (type == "header") {
        body["authType"] = "api_key";
        body["apiKey"] = key_of(*auth);
    } else if (type == "oauth2") {
        body["authType"] = "oauth";
        static constexpr std::array<std::pair<const char*, const char*>, 4> names{
            {{"client_id", "oauthClientId"},
             {"client_secret", "oauthClientSecret"},
             {"token_url", "oauthTokenEndpoint"},
             {"authorization_url", "oauthAuthorizationEndpoint"}}};
        for (const auto& [ours, theirs] : names) {
            const auto* value = set_member(*auth, ours);
            if (value && value->is_string()) body[theirs] = *value;
        }
        if (auto scopes = scopes_of(*auth); !scopes.empty()) body["oauthScopes"] = std::move(scopes);
    } else {
        throw std::invalid_argument("auth_data of a type that Aeontel does not have");
    }
}

Json common_body(const Json& document) {
    Json body = Json::object();
    for (const char* key : {"name", "url"}) {
        if (const auto* value = set_member(document, key)) body[key] = *value;
    }
    put_auth(document, body);
    if (const auto* headers = set_member(document, "additional_headers")) body["headers"] = *headers;
    const Json block = block_of(document);
    if (const auto* id = set_member(block, "connector_id")) body["connectorId"] = *id;
    if (const auto* config = set_member(block, "connector_config")) body["connectorConfig"] = *config;
    return body;
}

// A secret that kedge resolved: `sent` holds a token in its place. What is masked does not tell.
bool hides(const std::vector<Json>& tokens, const Json& sent, const Json& stored) {
    if (std::find(tokens.begin(), tokens.end(), sent) != tokens.end()) return true;
    return stored.is_null() || (stored.is_string() && looks_masked(stored.get_ref<const std::string&>()));
}

// The first member of a map that is not stored as it was sent, or that is left from before.
std::string not_taken_of(const std::string& key, const Json& sent, const Json& stored,
                         const std::vector<Json>& tokens) {
    if (!stored.is_object()) return sent.empty() ? "" : key;
    for (const auto& [name, value] : sent.items()) {
        const bool same = stored.contains(name) && (stored[name] == value || hides(tokens, value, stored[name]));
        if (!same) return key + "." + name;
    }
    for (const auto& [name, value] : stored.items()) {
        if (!sent.contains(name)) return key + "." + name;
    }
    return {};
}

// Scopes are one text, and a set.
Json as_set(const Json& scopes) {
    Json list = Json::array();
    std::istringstream text(scopes.is_string() ? scopes.get<std::string>() : "");
    for (std::string scope; text >> scope;) list.push_back(scope);
    sort_set(&list);
    return list;
}

bool is_write_only(const std::string& key) {
    return key == "apiKey" || key == "oauthClientSecret";
}

} // namespace

Json create_body(const AeontelOptions& options, const Json& document) {
    auto body = common_body(document);
    body["workspaceId"] = options.workspace;
    return body;
}

Json update_body(const Json& document, const Json& row) {
    auto body = common_body(document);
    for (const char* key :
         {"oauthClientId", "oauthTokenEndpoint", "oauthAuthorizationEndpoint", "oauthScopes", "connectorId"}) {
        if (!body.contains(key) && set_member(row, key)) body[key] = nullptr;
    }
    for (const char* key : {"headers", "connectorConfig"}) {
        if (!body.contains(key) && set_member(row, key)) body[key] = Json::object();
    }
    // What cannot be read: named where the type says that there was one.
    const auto type = text_at(row, "authType");
    if (type == "api_key" && !body.contains("apiKey")) body["apiKey"] = nullptr;
    if (type == "oauth" && !body.contains("oauthClientSecret")) body["oauthClientSecret"] = nullptr;
    return body;
}

std::string not_taken(const Operation& operation, const Json& body, const Json& row) {
    std::vector<Json> tokens;
    for (const auto& pointer : operation.sealed) {
        const Json::json_pointer at(pointer);
        if (operation.document.contains(at)) tokens.push_back(operation.document[at]);
    }
    for (const auto& [key, value] : body.items()) {
        const auto* stored = set_member(row, key.c_str());
        if (value.is_null() && stored) return key;
        if (value.is_null() || is_write_only(key)) continue;
        if (value.is_object()) {
            if (!row.contains(key)) continue; // both maps may be missing from an answer
            auto left = not_taken_of(key, value, stored ? *stored : Json::object(), tokens);
            if (!left.empty()) return left;
            continue;
        }
        const bool same = stored && (key == "oauthScopes" ? as_set(*stored) == as_set(value) : *stored == value);
        if (!same) return key;
    }
    return {};
}

} // namespace kedge::aeontel
