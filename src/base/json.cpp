#include "base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace kedge {

namespace {

constexpr std::size_t depth_limit = 64;

constexpr int most_levels = 100; // of a canonical text

void write_value(const Json& value, std::string& text, int level);

// Nearly every text is plain, and copying it costs a fraction of what escaping does.
void write_text(const std::string& value, std::string& text) {
    const bool plain =
        std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    if (plain)
        text.append(1, '"').append(value).append(1, '"');
    else
        text += Json(value).dump();
}

template<class Number>
void write_number(Number number, std::string& text) {
    std::array<char, 24> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    text.append(digits.data(), written.ptr);
}

void write_object(const Json& value, std::string& text, int level) {
    char before = '{';
    for (auto member = value.begin(); member != value.end(); ++member) {
        text += std::exchange(before, ',');
        write_text(member.key(), text);
        text += ':';
        write_value(*member, text, level + 1);
    }
    text += value.empty() ? "{}" : "}";
}

void write_array(const Json& value, std::string& text, int level) {
    char before = '[';
    for (const auto& item : value) {
        text += std::exchange(before, ',');
        write_value(item, text, level + 1);
    }
    text += value.empty() ? "[]" : "]";
}

void write_value(const Json& value, std::string& text, int level) {
    if (level > most_levels) throw std::invalid_argument("nested deeper than 100 levels");
    switch (value.type()) {
    case Json::value_t::object:
        return write_object(value, text, level);
    case Json::value_t::array:
        return write_array(value, text, level);
    case Json::value_t::string:
        return write_text(value.get_ref<const std::string&>(), text);
    case Json::value_t::number_integer:
        return write_number(value.get<std::int64_t>(), text);
    case Json::value_t::number_unsigned:
        return write_number(value.get<std::uint64_t>(), text);
    default:
        text += value.dump();
    }
}

// Builds a document from the parser's events; a key that is there already ends it.
struct StrictBuilder {
    Json root;
    std::string problem;
    std::vector<Json*> open; // the containers that are not ended yet
    Json* member = nullptr;  // where the value of the last key goes

    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    Json* place(Json value) {
        if (open.empty()) {
            root = std::move(value);
            return &root;
        }
        if (open.back()->is_array()) return &open.back()->get_ref<Json::array_t&>().emplace_back(std::move(value));
        *member = std::move(value);
        return member;
    }
    bool begin(Json container) {
        if (open.size() == depth_limit) return refuse("nested deeper than 64 levels");
        open.push_back(place(std::move(container)));
        return true;
    }
    bool end() {
        open.pop_back();
        return true;
    }
    bool refuse(const char* why) {
        problem = why;
        return false;
    }

    // What the parser calls.
    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(std::int64_t value) { return put(value); }
    bool number_unsigned(std::uint64_t value) { return put(value); }
    bool number_float(double value, const std::string&) { return put(value); }
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(Json::binary_t&) { return refuse("no JSON"); }
    bool start_object(std::size_t) { return begin(Json::object()); }
    bool start_array(std::size_t) { return begin(Json::array()); }
    bool end_object() { return end(); }
    bool end_array() { return end(); }
    bool key(std::string& name) {
        const auto [at, is_new] = open.back()->get_ref<Json::object_t&>().emplace(std::move(name), nullptr);
        member = &at->second;
        return is_new || refuse("a key that stands twice in one object");
    }
    bool parse_error(std::size_t byte, const std::string&, const Json::exception&) {
        problem = "no valid JSON at byte " + std::to_string(byte);
        return false;
    }
};

// Builds what simdjson has read. False: only the strict reader can say what is wrong, or keeps a number exactly.
bool build(const simdjson::dom::element& from, Json& into, std::size_t level);

bool build_object(const simdjson::dom::object& from, Json& into, std::size_t level) {
    into = Json::object();
    auto& members = into.get_ref<Json::object_t&>();
    for (const auto member : from) {
        const auto before = members.size();
        // Mostly keys come sorted, or nearly.
        const auto at = members.emplace_hint(members.end(), std::string(member.key), nullptr);
        if (members.size() == before || !build(member.value, at->second, level)) return false;
    }
    return true;
}

bool build_array(const simdjson::dom::array& from, Json& into, std::size_t level) {
    into = Json::array();
    auto& items = into.get_ref<Json::array_t&>();
    items.reserve(from.size());
    for (const auto item : from) {
        if (!build(item, items.emplace_back(), level)) return false;
    }
    return true;
}

bool build(const simdjson::dom::element& from, Json& into, std::size_t level) {
    using Type = simdjson::dom::element_type;
    switch (from.type()) {
    case Type::OBJECT:
        return level < depth_limit && build_object(from.get_object().value_unsafe(), into, level + 1);
    case Type::ARRAY:
        return level < depth_limit && build_array(from.get_array().value_unsafe(), into, level + 1);
    case Type::STRING:
        into = std::string(from.get_string().value_unsafe());
        return true;
    case Type::INT64: {
        const auto number = from.get_int64().value_unsafe();
        if (number < 0)
            into = number;
        else
            into = static_cast<std::uint64_t>(number);
        return true;
    }
    case Type::UINT64:
        into = from.get_uint64().value_unsafe();
        return true;
    case Type::DOUBLE:
        into = from.get_double().value_unsafe();
        return true;
    case Type::BOOL:
        into = from.get_bool().value_unsafe();
        return true;
    case Type::NULL_VALUE:
        into = nullptr;
        return true;
    }
    return false;
}

// simdjson reads ten times faster than nlohmann does. It is asked first; whatever it does not take is read again, by
// the one that says what is wrong.
std::optional<Json> read_fast(std::string_view text) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
    Json value;
    if (!build(root, value, 0)) return std::nullopt;
    return value;
}

} // namespace

std::string canonical_json(const Json& document) {
    std::string text;
    text.reserve(1024);
    try {
        write_value(document, text, 0);
    } catch (const Json::exception&) {
        throw std::invalid_argument("text that is not valid UTF-8");
    }
    return text;
}

Json parse_json(std::string_view text) {
    if (auto value = read_fast(text)) return std::move(*value);
    StrictBuilder builder;
    if (!Json::sax_parse(text, &builder)) throw std::invalid_argument(builder.problem);
    return std::move(builder.root);
}

} // namespace kedge
