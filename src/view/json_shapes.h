// The few shapes that our JSON Schemas are put together from. For json_schema*.cpp only.
#pragma once
#include "base/json.h"

#include <string>
#include <utility>
#include <vector>

namespace kedge::shape {

inline Json typed(const char* type) {
    return {{"type", type}};
}
inline Json or_null(const char* type) {
    return {{"type", Json::array({type, "null"})}};
}
inline Json text() {
    return typed("string");
}
inline Json flag() {
    return typed("boolean");
}
inline Json count() {
    return {{"type", "integer"}, {"minimum", 0}};
}
inline Json count_or_null() {
    return {{"type", Json::array({"integer", "null"})}, {"minimum", 0}};
}
inline Json text_or_null() {
    return or_null("string");
}
inline Json time_or_null() {
    return {{"type", Json::array({"string", "null"})}, {"format", "date-time"}};
}
inline Json digest_or_null() {
    return {{"type", Json::array({"string", "null"})}, {"pattern", "^[0-9a-f]{64}$"}};
}
inline Json exactly(Json value) {
    return {{"const", std::move(value)}};
}
inline Json part(const std::string& name) {
    return {{"$ref", "#/$defs/" + name}};
}
inline Json part_or_null(const std::string& name) {
    return {{"anyOf", Json::array({part(name), typed("null")})}};
}
inline Json list(Json items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

// The words of an enumeration, in its order.
template<class Enumeration>
inline Json words(Enumeration last) {
    Json all = Json::array();
    for (int i = 0; i <= static_cast<int>(last); ++i) all.push_back(to_text(static_cast<Enumeration>(i)));
    return {{"type", "string"}, {"enum", std::move(all)}};
}

struct Name {
    const char* name;
    Json schema;
    const char* about;
};

// Whatever is printed is printed always: an unknown value is null, never absent.
inline Json object(const char* about, const std::vector<Name>& names) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const auto& entry : names) {
        properties[entry.name] = entry.schema;
        properties[entry.name]["description"] = entry.about;
        required.push_back(entry.name);
    }
    return {{"type", "object"},
            {"description", about},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

// The parts of a plan, each under its own name.
Json parts_of_plan();
// One object of the kind that `definitions` describe under `name`, or an array of them, one of each unit.
Json published(const std::string& name, const std::string& title, Json definitions);

} // namespace kedge::shape
