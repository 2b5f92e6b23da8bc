#include "base/json.h"

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace kedge {

namespace {

constexpr std::size_t depth_limit = 64;

int depth_of(const Json& value, int level) {
    if (level > 100) throw std::invalid_argument("nested deeper than 100 levels");
    int deepest = level;
    if (value.is_structured()) {
        for (const auto& item : value) deepest = std::max(deepest, depth_of(item, level + 1));
    }
    return deepest;
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

} // namespace

std::string canonical_json(const Json& document) {
    depth_of(document, 0);
    try {
        return document.dump();
    } catch (const Json::exception&) {
        throw std::invalid_argument("text that is not valid UTF-8");
    }
}

Json parse_json(std::string_view text) {
    StrictBuilder builder;
    if (!Json::sax_parse(text, &builder)) throw std::invalid_argument(builder.problem);
    return std::move(builder.root);
}

} // namespace kedge
