#include "serve/fields.h"

#include "serve/http_words.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::size_t most_text = 2000;
constexpr std::size_t most_word = 300;
constexpr std::size_t most_names = 1000;
constexpr std::size_t most_body = 64 * 1024; // no command needs more

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<UnixSeconds> time_from(const std::string& text) {
    if (const auto time = parse_utc(text)) return time;
    return std::nullopt;
}

bool is_word(const std::string& text) {
    return !text.empty() && text.size() <= most_word &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
}

bool is_text(const std::string& text) {
    return !text.empty() && text.size() <= most_text &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

const char* wanted(FieldType type) {
    switch (type) {
    case FieldType::text:
        return "a text on one line, 2000 bytes at most";
    case FieldType::word:
        return "a word, 300 bytes at most";
    case FieldType::count:
        return "a whole number from 0";
    case FieldType::time:
        return "a time such as 2026-03-01T12:00:00Z";
    case FieldType::names:
        break;
    }
    return "a list of words, 1000 at most";
}

bool fits(const Json& value, FieldType type) {
    switch (type) {
    case FieldType::text:
        return value.is_string() && is_text(value.get_ref<const std::string&>());
    case FieldType::word:
        return value.is_string() && is_word(value.get_ref<const std::string&>());
    case FieldType::count:
        return value.is_number_integer() && value >= 0 && value <= 1'000'000'000;
    case FieldType::time:
        return value.is_string() && time_from(value.get<std::string>()).has_value();
    case FieldType::names:
        break;
    }
    return value.is_array() && value.size() <= most_names &&
           std::all_of(value.begin(), value.end(), [](const Json& one) { return fits(one, FieldType::word); });
}

const RouteField* find(const std::vector<RouteField>& fields, const std::string& name) {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const RouteField& field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

std::string known(const std::vector<RouteField>& fields) {
    std::string names;
    for (const auto& field : fields) names += (names.empty() ? "; known here: " : ", ") + std::string(field.name);
    return names.empty() ? "; none is known here" : names;
}

} // namespace

std::variant<std::map<std::string, std::string>, Problem> read_query(const std::vector<RouteField>& fields,
                                                                     std::string_view target) {
    std::map<std::string, std::string> query;
    for (const auto& [name, value] : query_of(target)) {
        const auto* field = find(fields, name);
        if (field == nullptr) return Problem{400, "query", "there is an unknown query parameter" + known(fields)};
        const bool right = field->type == FieldType::count  ? whole_number(value).has_value()
                           : field->type == FieldType::time ? time_from(value).has_value()
                                                            : fits(value, field->type);
        if (!right) return Problem{400, "query", "\"" + std::string(field->name) + "\" must be " + wanted(field->type)};
        if (!query.emplace(name, value).second)
            return Problem{400, "query", "\"" + std::string(field->name) + "\" is given twice"};
    }
    return query;
}

std::variant<Json, Problem> read_body(const std::vector<RouteField>& fields, const std::string& text) {
    if (text.size() > most_body) return Problem{413, "body", "a command has 64 KiB at most"};
    Json body = Json::object();
    if (!text.empty()) {
        try {
            body = parse_json(text);
        } catch (const std::invalid_argument& wrong) {
            return Problem{400, "body", std::string("the body is no JSON that is read here: ") + wrong.what()};
        }
    }
    if (!body.is_object()) return Problem{400, "body", "the body must be a JSON object"};
    for (const auto& [name, value] : body.items()) {
        const auto* field = find(fields, name);
        if (field == nullptr) return Problem{400, "body", "there is an unknown member" + known(fields)};
        if (!fits(value, field->type))
            return Problem{400, "body", "\"" + std::string(field->name) + "\" must be " + wanted(field->type)};
    }
    for (const auto& field : fields) {
        if (field.required && !body.contains(field.name))
            return Problem{400, "body", "\"" + std::string(field.name) + "\" is missing: " + field.about};
    }
    return body;
}

Json field_schema(const RouteField& field) {
    Json schema;
    switch (field.type) {
    case FieldType::text:
        schema = {{"type", "string"}, {"minLength", 1}, {"maxLength", most_text}};
        break;
    case FieldType::word:
        schema = {{"type", "string"}, {"minLength", 1}, {"maxLength", most_word}, {"pattern", "^\\S+$"}};
        break;
    case FieldType::count:
        schema = {{"type", "integer"}, {"minimum", 0}};
        break;
    case FieldType::time:
        schema = {{"type", "string"}, {"format", "date-time"}};
        break;
    case FieldType::names:
        schema = {{"type", "array"}, {"maxItems", most_names}, {"items", {{"type", "string"}, {"minLength", 1}}}};
        break;
    }
    schema["description"] = field.about;
    return schema;
}

Json body_schema(const std::vector<RouteField>& fields) {
    Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
    for (const auto& field : fields) {
        schema["properties"][field.name] = field_schema(field);
        if (field.required) schema["required"].push_back(field.name);
    }
    return schema;
}

std::string text_in(const Json& body, const char* name) {
    const auto found = body.find(name);
    return found == body.end() ? std::string() : found->get<std::string>();
}

std::vector<std::string> names_in(const Json& body, const char* name) {
    const auto found = body.find(name);
    return found == body.end() ? std::vector<std::string>() : found->get<std::vector<std::string>>();
}

std::int64_t count_in(const Json& body, const char* name) {
    const auto found = body.find(name);
    return found == body.end() ? 0 : found->get<std::int64_t>();
}

UnixSeconds time_in(const Json& body, const char* name) {
    return time_from(text_in(body, name)).value_or(0);
}

std::string text_in(const Call& call, const char* name) {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::string() : found->second;
}

std::int64_t count_in(const Call& call, const char* name, std::int64_t fallback) {
    return whole_number(text_in(call, name)).value_or(fallback);
}

UnixSeconds time_in(const Call& call, const char* name) {
    return time_from(text_in(call, name)).value_or(0);
}

} // namespace kedge
