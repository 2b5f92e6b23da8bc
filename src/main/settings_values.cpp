#include "main/settings_values.h"

namespace kedge {

std::string text_of(const Json& mapping, const std::string& key) {
    const auto value = mapping.find(key);
    return value != mapping.end() && value->is_string() ? value->get<std::string>() : std::string();
}

bool flag_of(const Json& mapping, const std::string& key) {
    const auto value = mapping.find(key);
    return value != mapping.end() && value->is_boolean() && value->get<bool>();
}

std::vector<std::string> texts_of(const Json& mapping, const std::string& key) {
    std::vector<std::string> texts;
    const auto value = mapping.find(key);
    if (value == mapping.end() || !value->is_array()) return texts;
    for (const auto& item : *value) {
        if (item.is_string()) texts.push_back(item);
    }
    return texts;
}

Milliseconds duration_of(const Json& mapping, const std::string& key, Milliseconds fallback) {
    return parse_duration(text_of(mapping, key)).value_or(fallback);
}

int number_of(const Json& mapping, const std::string& key, int fallback) {
    const auto value = mapping.find(key);
    return value != mapping.end() && value->is_number_integer() ? value->get<int>() : fallback;
}

RequirePreview preview_rule_of(const Json& mapping, const std::string& key) {
    const auto rule = text_of(mapping, key);
    if (rule == "approved") return RequirePreview::approved;
    return rule == "digest" ? RequirePreview::digest : RequirePreview::none;
}

CredentialSource credential_of(const Json& mapping, const std::string& key) {
    const auto text = text_of(mapping, key);
    const auto colon = text.find(':');
    if (!text.starts_with("${") || !text.ends_with("}") || colon == std::string::npos) return {};
    return {text.substr(2, colon - 2), text.substr(colon + 1, text.size() - colon - 2)};
}

} // namespace kedge
