#include "base/json.h"

#include <set>
#include <stdexcept>
#include <vector>

namespace kedge {

namespace {

constexpr int depth_limit = 64;

int depth_of(const Json& value, int level) {
    if (level > 100) throw std::invalid_argument("nested deeper than 100 levels");
    int deepest = level;
    if (value.is_structured()) {
        for (const auto& item : value) deepest = std::max(deepest, depth_of(item, level + 1));
    }
    return deepest;
}

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
    std::vector<std::set<std::string>> keys_seen;
    std::string problem;
    auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > depth_limit) problem = "nested deeper than 64 levels";
        switch (event) {
        case Json::parse_event_t::object_start:
            keys_seen.emplace_back();
            break;
        case Json::parse_event_t::object_end:
            keys_seen.pop_back();
            break;
        case Json::parse_event_t::key:
            if (!keys_seen.back().insert(parsed.get<std::string>()).second)
                problem = "a key that stands twice in one object";
            break;
        default:
            break;
        }
        if (!problem.empty()) throw std::invalid_argument(problem);
        return true;
    };
    try {
        return Json::parse(text, watch);
    } catch (const Json::parse_error& error) {
        throw std::invalid_argument("no valid JSON at byte " + std::to_string(error.byte));
    }
}

} // namespace kedge
