#include "sandbox/redact.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace kedge::sandbox {

namespace {

bool shown(const std::string& text, const Knobs& knobs) {
    if (text.empty()) return true;
    if (!knobs.mask_references && text.find("tfy-secret://") != std::string::npos) return true;
    const auto open = text.find("{{");
    return !knobs.mask_placeholders && open != std::string::npos && text.find("}}", open) != std::string::npos;
}

bool mask_value(Json& value, const Knobs& knobs) {
    if (value.is_null()) return false;
    if (value.is_string() && shown(value.get_ref<const std::string&>(), knobs)) return false;
    value = knobs.mask;
    return true;
}

bool mask_members(Json& object, const char* key, const Knobs& knobs) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_object()) return false;
    bool masked = false;
    for (auto& value : *found) masked |= mask_value(value, knobs);
    return masked;
}

bool mask_auth(Json& owner, const Knobs& knobs) {
    const auto auth = owner.find("auth_data");
    if (auth == owner.end() || !auth->is_object()) return false;
    bool masked = mask_members(*auth, "headers", knobs);
    masked |= mask_members(*auth, "env", knobs);
    if (const auto secret = auth->find("client_secret"); secret != auth->end()) masked |= mask_value(*secret, knobs);
    return masked;
}

} // namespace

bool redact(Json& manifest, const Knobs& knobs) {
    if (!manifest.is_object()) return false;
    bool masked = mask_auth(manifest, knobs);
    if (knobs.mask_additional_headers) masked |= mask_members(manifest, "additional_headers", knobs);
    if (const auto sources = manifest.find("servers"); sources != manifest.end() && sources->is_array()) {
        for (auto& source : *sources) {
            if (source.is_object()) masked |= mask_auth(source, knobs);
        }
    }
    return masked;
}

namespace {

constexpr std::string_view hidden = "(masked)";

bool secret_name(std::string_view key) {
    static constexpr std::array names{
        "apiKey",      "oauthClientSecret", "proxyAuthToken", "client_secret", "clientSecret",
        "headerValue", "accessToken",       "password",       "oauth_secret",  "token"};
    return std::find(names.begin(), names.end(), key) != names.end();
}

bool secret_map(std::string_view key) {
    static constexpr std::array names{"headers", "request_headers", "env", "connectorConfig", "credentials"};
    return std::find(names.begin(), names.end(), key) != names.end();
}

void hide(Json& value) {
    if (value.is_structured()) {
        for (auto& member : value) hide(member);
    } else if (!value.is_null()) {
        value = hidden;
    }
}

} // namespace

void mask_by_name(Json& document) {
    if (document.is_array()) {
        for (auto& item : document) mask_by_name(item);
    }
    if (!document.is_object()) return;
    for (auto& [key, value] : document.items()) {
        const bool list_of_headers = key == "customHeaders" && value.is_array();
        if (list_of_headers) {
            for (auto& item : value) {
                if (item.is_object() && item.contains("value")) hide(item["value"]);
            }
        } else if (secret_name(key) || secret_map(key)) {
            hide(value);
        } else {
            mask_by_name(value);
        }
    }
}

Json audit_body(Json body) {
    Knobs strict;
    strict.mask = "(masked)";
    strict.mask_additional_headers = true;
    if (!body.is_object()) return body;
    if (const auto manifest = body.find("manifest"); manifest != body.end()) redact(*manifest, strict);
    if (const auto all = body.find("manifests"); all != body.end() && all->is_array()) {
        for (auto& manifest : *all) redact(manifest, strict);
    }
    for (auto& [key, value] : body.items()) {
        if (key == "manifest" || key == "manifests") continue; // references in them are shown
        Json member = {{key, value}};
        mask_by_name(member);
        value = std::move(member[key]);
    }
    return body;
}

} // namespace kedge::sandbox
