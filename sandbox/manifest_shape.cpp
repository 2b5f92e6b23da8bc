#include "sandbox/manifest_shape.h"

#include <algorithm>

namespace kedge::sandbox {

const Json* member(const Json& object, const std::string& key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

namespace {

bool is_url(const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    const bool http = text.starts_with("http://") && text.size() > 7 && text[7] != '/';
    const bool https = text.starts_with("https://") && text.size() > 8 && text[8] != '/';
    return (http || https) && text.find_first_of(" \t\r\n") == std::string::npos;
}

bool is_text(const Json& value) {
    return value.is_string() && !value.get_ref<const std::string&>().empty();
}

std::ptrdiff_t code_points(const std::string& text) {
    return std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
}

bool all_strings(const Json& values) {
    return std::all_of(values.begin(), values.end(), [](const Json& v) { return v.is_string(); });
}

} // namespace

std::vector<std::string> ShapeCheck::run(const Json& manifest) {
    fields(manifest, shared_fields(), "manifest");
    fields(manifest, type_.fields, "manifest");
    if (knobs_.strict_keys) {
        std::vector<std::string_view> keys{"type", "name"};
        for (const auto& field : shared_fields()) keys.push_back(field.name);
        for (const auto& field : type_.fields) keys.push_back(field.name);
        known_keys(manifest, keys, "manifest");
    }
    if (const auto* description = member(manifest, "description"); description && description->is_string()) {
        const auto& text = description->get_ref<const std::string&>();
        if (knobs_.description_most > 0 && code_points(text) > knobs_.description_most) {
            say("manifest.description must be at most " + std::to_string(knobs_.description_most) + " characters");
        }
    }
    return std::move(messages_);
}

void ShapeCheck::fields(const Json& object, std::span<const Field> table, const std::string& place) {
    for (const auto& field : table) {
        const std::string key(field.name);
        const Json* found = member(object, key);
        if (found) {
            value(*found, field.kind, place + "." + key);
        } else if (field.need == Presence::required && !(field.name == "command" && knobs_.fill_defaults)) {
            say(place + "." + key + " should not be empty");
        }
    }
}

void ShapeCheck::value(const Json& value, FieldKind kind, const std::string& place) {
    switch (kind) {
    case FieldKind::text:
        if (!is_text(value)) say(place + " must be a non-empty string");
        return;
    case FieldKind::url:
        if (!is_url(value)) say(place + " must be an http or https URL");
        return;
    case FieldKind::flag:
        if (!value.is_boolean()) say(place + " must be a boolean value");
        return;
    case FieldKind::strings:
        if (!value.is_array() || !all_strings(value)) say(place + " must be an array of strings");
        return;
    case FieldKind::tool_metadata:
        if (!value.is_array() && !value.is_object()) say(place + " must be an array or an object");
        return;
    case FieldKind::collaborators:
    case FieldKind::tool_settings:
    case FieldKind::openapi_tools:
    case FieldKind::sources:
        if (!item_list(value, place)) return;
        break;
    default:
        if (!value.is_object()) return say(place + " must be an object");
    }
    structure(value, kind, place);
}

void ShapeCheck::structure(const Json& value, FieldKind kind, const std::string& place) {
    static constexpr Field tls[] = {{"reject_unauthorized", FieldKind::flag, Presence::optional},
                                    {"ca_cert", FieldKind::text, Presence::optional}};
    static constexpr Field owner[] = {{"account", FieldKind::text, Presence::required}};
    static constexpr Field collaborator[] = {{"subject", FieldKind::text, Presence::required},
                                             {"role_id", FieldKind::text, Presence::required}};
    switch (kind) {
    case FieldKind::collaborators:
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto item = place + "." + std::to_string(i);
            fields(value[i], collaborator, item);
            known_keys(value[i], {"subject", "role_id"}, item);
        }
        return;
    case FieldKind::tls:
        fields(value, tls, place);
        return known_keys(value, {"reject_unauthorized", "ca_cert"}, place);
    case FieldKind::owner:
        fields(value, owner, place);
        return known_keys(value, {"account"}, place);
    case FieldKind::text_map:
        if (!all_strings(value)) say(place + " must hold strings only");
        return;
    case FieldKind::auth:
        return auth(value, place);
    case FieldKind::tool_settings:
    case FieldKind::openapi_tools:
        return tools(value, kind, place);
    case FieldKind::tool_policy:
        return tool_policy(value, place);
    case FieldKind::sources:
        return sources(value, place);
    case FieldKind::spec_source:
        return spec_source(value, place);
    default:
        return;
    }
}

bool ShapeCheck::item_list(const Json& value, const std::string& place) {
    const bool fine =
        value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_object(); });
    if (!fine) say(place + " must be an array of objects");
    return fine;
}

void ShapeCheck::known_keys(const Json& object, const std::vector<std::string_view>& keys, const std::string& place) {
    if (!knobs_.strict_keys) return;
    for (const auto& [key, value] : object.items()) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            say(place + ".property " + key + " should not exist");
    }
}

void ShapeCheck::one_of(const Json& object, const std::string& key, const std::vector<std::string_view>& values,
                        const std::string& place) {
    const Json* found = member(object, key);
    if (!found) return;
    const bool fine = found->is_string() &&
                      std::find(values.begin(), values.end(), found->get_ref<const std::string&>()) != values.end();
    if (fine) return;
    std::string list;
    for (const auto value : values) list += (list.empty() ? "" : ", ") + std::string(value);
    say(place + "." + key + " must be one of the following values: " + list);
}

void ShapeCheck::tools(const Json& tools, FieldKind kind, const std::string& place) {
    static constexpr Field plain[] = {{"name", FieldKind::text, Presence::required},
                                      {"disabled", FieldKind::flag, Presence::optional},
                                      {"annotations", FieldKind::object, Presence::optional}};
    static constexpr Field operation[] = {{"method", FieldKind::text, Presence::required},
                                          {"path", FieldKind::text, Presence::required},
                                          {"name", FieldKind::text, Presence::required},
                                          {"description", FieldKind::text, Presence::required},
                                          {"annotations", FieldKind::object, Presence::optional}};
    const bool of_openapi = kind == FieldKind::openapi_tools;
    if (of_openapi && tools.size() > 30) say(place + " must hold at most 30 tools");
    for (std::size_t i = 0; i < tools.size(); ++i) {
        const auto item = place + "." + std::to_string(i);
        if (of_openapi) {
            fields(tools[i], operation, item);
            one_of(tools[i], "method", {"get", "post", "put", "patch", "delete", "head"}, item);
            known_keys(tools[i], {"method", "path", "name", "description", "annotations"}, item);
        } else {
            fields(tools[i], plain, item);
            known_keys(tools[i], {"name", "description", "disabled", "annotations"}, item);
        }
    }
}

void ShapeCheck::tool_policy(const Json& policy, const std::string& place) {
    static constexpr Field table[] = {{"enable_tools_by_default", FieldKind::flag, Presence::optional},
                                      {"enabled_tools", FieldKind::strings, Presence::optional}};
    fields(policy, table, place);
    if (const Json* disabled = member(policy, knobs_.disabled_key)) {
        value(*disabled, FieldKind::strings, place + "." + knobs_.disabled_key);
    }
    known_keys(policy, {"enable_tools_by_default", "enabled_tools", knobs_.disabled_key}, place);
}

void ShapeCheck::sources(const Json& sources, const std::string& place) {
    static constexpr Field table[] = {{"name", FieldKind::text, Presence::required},
                                      {"enabled_tools", FieldKind::strings, Presence::optional},
                                      {"auth_data", FieldKind::object, Presence::optional}};
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const auto item = place + "." + std::to_string(i);
        fields(sources[i], table, item);
        known_keys(sources[i], {"name", "enabled_tools", "auth_data"}, item);
        const Json* override_auth = member(sources[i], "auth_data");
        if (!override_auth || !override_auth->is_object()) continue;
        one_of(*override_auth, "type", {"header"}, item + ".auth_data");
        const Json* headers = member(*override_auth, "headers");
        if (!headers || !headers->is_object() || !all_strings(*headers)) {
            say(item + ".auth_data.headers must be a map of strings");
        }
    }
}

void ShapeCheck::spec_source(const Json& source, const std::string& place) {
    one_of(source, "type", {"remote", "upload", "inline"}, place);
    const Json* type = member(source, "type");
    if (!type) return say(place + ".type should not be empty");
    if (*type == "inline") {
        const Json* spec = member(source, "openapi_spec");
        if (!spec || !(spec->is_object() || is_text(*spec))) say(place + ".openapi_spec must be an object or a string");
    } else if (const Json* url = member(source, "url"); !url || !is_text(*url)) {
        say(place + ".url must be a non-empty string");
    }
}

} // namespace kedge::sandbox
