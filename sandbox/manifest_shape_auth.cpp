// The auth variants: header, oauth2, passthrough; env for hosted processes; a bare oauth2 for the vendor's catalogue.
#include "sandbox/manifest_shape.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

std::size_t placeholders(const std::string& text) {
    std::size_t count = 0;
    for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        if (text.find("}}", at) != std::string::npos) ++count;
    }
    return count;
}

bool per_user(const Json& auth) {
    const Json* level = member(auth, "auth_level");
    return level && *level == "per_user";
}

} // namespace

void ShapeCheck::auth(const Json& auth, const std::string& place) {
    const Json* type = member(auth, "type");
    const std::string name = type && type->is_string() ? type->get<std::string>() : "";
    switch (type_.auth) {
    case AuthFamily::http:
        if (name == "header") return header_auth(auth, place);
        if (name == "oauth2") return oauth(auth, place);
        if (name == "passthrough") return known_keys(auth, {"type"}, place);
        return say(place + ".type must be one of the following values: header, oauth2, passthrough");
    case AuthFamily::environment:
        if (name == "env") return environment(auth, place);
        return say(place + ".type must be one of the following values: env");
    case AuthFamily::catalogue:
        if (name != "oauth2") say(place + ".type must be one of the following values: oauth2");
        one_of(auth, "grant_type", {"authorization_code"}, place);
        return known_keys(auth, {"type", "grant_type"}, place);
    case AuthFamily::none:
        return say(place + " is not supported by " + std::string(type_.name));
    }
}

void ShapeCheck::header_auth(const Json& auth, const std::string& place) {
    one_of(auth, "auth_level", {"global", "per_user"}, place);
    known_keys(auth, {"type", "headers", "auth_level"}, place);
    const Json* headers = member(auth, "headers");
    if (!headers || !headers->is_object()) return say(place + ".headers must be an object");
    for (const auto& [name, value] : headers->items()) {
        const auto item = place + ".headers." + name;
        if (!value.is_string()) {
            say(item + " must be a string");
        } else if (per_user(auth) && placeholders(value.get_ref<const std::string&>()) > 1) {
            say(item + " must hold a single {{PLACEHOLDER}}");
        }
    }
}

void ShapeCheck::environment(const Json& auth, const std::string& place) {
    one_of(auth, "auth_level", {"global", "per_user"}, place);
    known_keys(auth, {"type", "env", "auth_level"}, place);
    const Json* env = member(auth, "env");
    if (!env || !env->is_object()) return say(place + ".env must be an object");
    for (const auto& [name, value] : env->items()) {
        const auto item = place + ".env." + name;
        if (!value.is_string()) {
            say(item + " must be a string");
        } else if (per_user(auth) && placeholders(value.get_ref<const std::string&>()) > 1) {
            say(item + " must hold a single {{PLACEHOLDER}}");
        }
    }
}

void ShapeCheck::oauth_url(const Json& auth, const std::string& key, Presence need, const std::string& place) {
    if (const Json* url = member(auth, key)) return value(*url, FieldKind::url, place + "." + key);
    if (need == Presence::required) say(place + "." + key + " should not be empty");
}

void ShapeCheck::oauth(const Json& auth, const std::string& place) {
    static constexpr Field table[] = {{"client_id", FieldKind::text, Presence::optional},
                                      {"client_secret", FieldKind::text, Presence::optional},
                                      {"scopes", FieldKind::strings, Presence::optional},
                                      {"additional_token_params", FieldKind::text_map, Presence::optional},
                                      {"use_organization", FieldKind::flag, Presence::optional},
                                      {"default_organization", FieldKind::text, Presence::optional},
                                      {"include_resource", FieldKind::flag, Presence::optional}};
    one_of(auth, "grant_type", {"authorization_code", "client_credentials"}, place);
    one_of(auth, "jwt_source", {"access_token", "id_token"}, place);
    one_of(auth, "provider", {"custom", "auth0", "okta"}, place);
    const Json* grant = member(auth, "grant_type");
    const bool machine = grant && *grant == "client_credentials";
    oauth_url(auth, "authorization_url", machine ? Presence::optional : Presence::required, place);
    oauth_url(auth, "token_url", Presence::required, place);
    oauth_url(auth, "registration_url", Presence::optional, place);
    oauth_url(auth, "introspection_url", Presence::optional, place);
    if (member(auth, "introspection_url") && !(member(auth, "client_id") && member(auth, "client_secret"))) {
        say(place + ".introspection_url needs client_id and client_secret");
    }
    if (!knobs_.fill_defaults && !member(auth, "jwt_source")) say(place + ".jwt_source should not be empty");
    fields(auth, table, place);
    if (const Json* methods = member(auth, "code_challenge_methods_supported")) {
        const auto is_s256 = [](const Json& method) { return method == "S256"; };
        if (!methods->is_array() || !std::all_of(methods->begin(), methods->end(), is_s256)) {
            say(place + ".code_challenge_methods_supported may hold S256 only");
        }
    }
    known_keys(auth,
               {"type", "grant_type", "token_url", "jwt_source", "authorization_url", "client_id", "client_secret",
                "registration_url", "introspection_url", "provider", "code_challenge_methods_supported", "scopes",
                "additional_token_params", "use_organization", "default_organization", "include_resource"},
               place);
}

} // namespace kedge::sandbox
