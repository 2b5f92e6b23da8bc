#include "view/document.h"

namespace kedge {

namespace {

const Json& at(const Json& json, const char* key) {
    static const Json nothing;
    if (!json.is_object()) return nothing;
    const auto found = json.find(key);
    return found == json.end() ? nothing : *found;
}

} // namespace

std::string text_under(const Json& json, const char* key) {
    const auto& value = at(json, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t count_at(const Json& json, const char* key) {
    const auto& value = at(json, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

bool flag_at(const Json& json, const char* key) {
    const auto& value = at(json, key);
    return value.is_boolean() && value.get<bool>();
}

UnixSeconds time_at(const Json& json, const char* key) {
    return parse_utc(text_under(json, key)).value_or(0);
}

const Json& part_at(const Json& json, const char* key) {
    return at(json, key);
}

const Json& list_at(const Json& json, const char* key) {
    static const Json none = Json::array();
    const auto& value = at(json, key);
    return value.is_array() ? value : none;
}

} // namespace kedge
