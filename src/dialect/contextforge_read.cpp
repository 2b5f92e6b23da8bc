// One row of GET /v1/gateways as a manifest.
#include "dialect/contextforge_parts.h"
#include "model/secret_fields.h"

#include <stdexcept>

namespace kedge::contextforge {

namespace {

// What the API shows of a secret is a mask, whatever it looks like; an empty text says that there is none.
Json hidden(const Json& object, const char* key) {
    return is_set(object, key) ? masked_value() : Json("");
}

Json headers_in(const Json& row) {
    Json headers = Json::object();
    const auto list = row.find("authHeaders");
    if (list != row.end() && list->is_array()) {
        for (const auto& header : *list) {
            if (header.is_object() && is_set(header, "key")) headers[text_at(header, "key")] = hidden(header, "value");
        }
    } else if (is_set(row, "authHeaderKey")) {
        headers[text_at(row, "authHeaderKey")] = hidden(row, "authHeaderValue");
    }
    return headers;
}

// Keys that kedge does not write are shown to be there, never with their values: nobody said what they hold.
Json oauth_in(const Json& row) {
    Json auth{{"type", "oauth2"}};
    const auto config = row.find("oauthConfig");
    if (config == row.end() || !config->is_object()) return auth;
    for (const auto& [key, value] : config->items()) {
        if (value.is_null() || key == "type") continue;
        if (key == "client_secret")
            auth[key] = hidden(*config, "client_secret");
        else if (key == "grant_type" || key == "client_id" || key == "token_url" || key == "authorization_url" ||
                 key == "scopes")
            auth[key] = value;
        else
            auth[key] = "(set in the control plane)";
    }
    return auth;
}

// authType: basic, bearer, authheaders, oauth, query_param, one_time_auth, or nothing ("" and null).
Json auth_in(const Json& row) {
    const auto type = text_at(row, "authType");
    if (type == "oauth") return oauth_in(row);
    const bool one_header = type == "basic" || type == "bearer";
    if (!one_header && type != "authheaders") return {{"type", words(type, 60)}};
    Json headers = Json::object();
    if (!lost_credential(row)) headers = one_header ? Json{{"Authorization", masked_value()}} : headers_in(row);
    return {{"type", "header"}, {"headers", std::move(headers)}};
}

Json block_in(const Json& row, const std::string& scope) {
    Json block = Json::object();
    if (is_set(row, "transport")) block["transport"] = text_at(row, "transport");
    const auto enabled = row.find("enabled");
    if (enabled != row.end() && enabled->is_boolean()) block["enabled"] = *enabled;
    const auto passed = row.find("passthroughHeaders");
    if (passed != row.end() && passed->is_array() && !passed->empty()) block["passthrough_headers"] = *passed;
    if (const auto visibility = text_at(row, "visibility"); !visibility.empty() && visibility != scope)
        block["visibility"] = visibility;
    return block;
}

Json tags_in(const Json& row) {
    Json tags = Json::array();
    const auto list = row.find("tags");
    if (list == row.end() || !list->is_array()) return tags;
    for (const auto& tag : *list) {
        if (tag.is_string()) tags.push_back(tag);
        if (tag.is_object() && is_set(tag, "id")) tags.push_back(text_at(tag, "id"));
    }
    return tags;
}

std::string why_of(const Json& row) {
    const auto error = text_at(row, "lastError");
    return words(error.empty() ? text_at(row, "statusMessage") : error);
}

Condition condition_of(const Json& row) {
    Condition condition;
    const auto status = text_at(row, "status");
    const auto reachable = row.find("reachable");
    condition.reachable = reachable == row.end() || !reachable->is_boolean() || reachable->get<bool>();
    const auto why = why_of(row);
    if (lost_credential(row))
        condition.text = "its credential is lost: requests go out without it until it is sent again";
    else if (status == "pending" || status == "deleting")
        condition.text = status + (why.empty() ? "" : ": " + why);
    else if (!condition.reachable)
        condition.text = "not reachable" + (why.empty() ? "" : ": " + why);
    return condition;
}

} // namespace

bool is_set(const Json& object, const char* key) {
    if (!object.is_object()) return false;
    const auto found = object.find(key);
    return found != object.end() && !found->is_null() && *found != "";
}

Json own_block(const Json& document) {
    const auto extension = document.find("x-kedge");
    if (extension == document.end() || !extension->is_object()) return Json::object();
    const auto block = extension->find("contextforge");
    return block != extension->end() && block->is_object() ? *block : Json::object();
}

bool wants_enabled(const Json& document) {
    const auto block = own_block(document);
    const auto enabled = block.find("enabled");
    return enabled == block.end() || !enabled->is_boolean() || enabled->get<bool>();
}

bool has_auth(const Json& row) {
    return is_set(row, "authType") || is_set(row, "authValue");
}

bool lost_credential(const Json& row) {
    const auto type = text_at(row, "authType");
    return (type == "basic" || type == "bearer" || type == "authheaders") && !is_set(row, "authValue");
}

LiveDocument read_row(const Json& row, const std::string& scope) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    LiveDocument live;
    live.name = text_at(row, "name");
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    live.remote_id = text_at(row, "id");
    live.type = remote_type;
    // Moves with each PUT. Not with the state, which is compared; and `updatedAt` moves by itself with every attempt
    // at a pending registration.
    if (const auto version = row.find("version"); version != row.end() && version->is_number_integer())
        live.version = version->dump();
    live.condition = condition_of(row);
    auto& document = live.document;
    document = {{"type", remote_type}, {"name", live.name}, {"url", text_at(row, "url")}};
    if (is_set(row, "description")) document["description"] = text_at(row, "description");
    if (auto tags = tag_map(tags_in(row)); !tags.empty()) document["tags"] = std::move(tags);
    if (is_set(row, "authType")) document["auth_data"] = auth_in(row);
    if (auto block = block_in(row, scope); !block.empty()) document["x-kedge"]["contextforge"] = std::move(block);
    return live;
}

} // namespace kedge::contextforge
