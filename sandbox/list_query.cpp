#include "sandbox/list_query.h"

#include "base/http_message.h"
#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace kedge::sandbox {

namespace {

struct Bounds {
    std::size_t least;
    std::size_t most;
    std::size_t fallback;
};

std::size_t number(std::string_view target, std::string_view name, Bounds bounds, std::vector<std::string>& problems) {
    const std::string text = query_parameter(target, name);
    if (text.empty()) return bounds.fallback;
    long long value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
        problems.push_back(std::string(name) + " must be an integer number");
    } else if (value < 0 || static_cast<std::size_t>(value) < bounds.least) {
        problems.push_back(std::string(name) + " must not be less than " + std::to_string(bounds.least));
    } else if (static_cast<std::size_t>(value) > bounds.most) {
        problems.push_back(std::string(name) + " must not be greater than " + std::to_string(bounds.most));
    } else {
        return static_cast<std::size_t>(value);
    }
    return bounds.fallback;
}

std::set<std::string> clause(const Json& item, std::vector<std::string>& problems) {
    std::set<std::string> names;
    const std::string op = item.is_object() && item.contains("op") && item["op"].is_string() ? item["op"] : "";
    if (!item.is_object() || item.value("field", Json()) != "name") {
        problems.push_back("filter: only the field name can be filtered");
    } else if (op == "EQUAL") {
        const auto value = item.find("value");
        if (value != item.end() && value->is_string()) {
            names.insert(value->get<std::string>());
        } else {
            problems.push_back("filter: EQUAL needs a string value");
        }
    } else if (op == "IN") {
        const auto values = item.find("values");
        const bool fine = values != item.end() && values->is_array() &&
                          std::all_of(values->begin(), values->end(), [](const Json& v) { return v.is_string(); });
        if (!fine) problems.push_back("filter: IN needs an array of string values");
        for (std::size_t i = 0; fine && i < values->size(); ++i) names.insert((*values)[i].get<std::string>());
    } else {
        problems.push_back("filter: operator must be one of EQUAL, IN");
    }
    return names;
}

} // namespace

bool ListQuery::wants(const std::string& name) const {
    return std::all_of(clauses.begin(), clauses.end(), [&](const auto& names) { return names.contains(name); });
}

std::vector<std::set<std::string>> parse_filter(const std::string& text, std::vector<std::string>& problems) {
    std::vector<std::set<std::string>> clauses;
    Json filter;
    try {
        filter = parse_json(text);
    } catch (const std::invalid_argument&) {
        problems.push_back("filter must be valid JSON");
        return clauses;
    }
    if (!filter.is_object() || filter.value("op", Json()) != "and") {
        problems.push_back("filter: op must be \"and\"");
        return clauses;
    }
    const auto values = filter.find("values");
    if (values == filter.end() || !values->is_array()) {
        problems.push_back("filter: values must be an array");
        return clauses;
    }
    for (const auto& item : *values) clauses.push_back(clause(item, problems));
    return clauses;
}

ListQueryResult parse_list_query(std::string_view target) {
    ListQueryResult result;
    result.query.limit = number(target, "limit", Bounds{1, 1000, 100}, result.problems);
    result.query.offset = number(target, "offset", Bounds{0, 1'000'000'000, 0}, result.problems);
    if (const std::string filter = query_parameter(target, "filter"); !filter.empty()) {
        result.query.clauses = parse_filter(filter, result.problems);
    }
    return result;
}

} // namespace kedge::sandbox
