// The query of a list: limit, offset, and the filter language {"op":"and","values":[{"field","op","value"|"values"}]}
// with EQUAL and IN on `name`. Pure.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct ListQuery {
    std::size_t limit = 100;
    std::size_t offset = 0;
    // Each clause holds the names it allows; a row must be in all of them. No clause: every row.
    std::vector<std::set<std::string>> clauses;

    bool wants(const std::string& name) const;
};

struct ListQueryResult {
    ListQuery query;
    std::vector<std::string> problems; // answered with 400
};

ListQueryResult parse_list_query(std::string_view target);

// The names that a filter text allows; problems are appended.
std::vector<std::set<std::string>> parse_filter(const std::string& text, std::vector<std::string>& problems);

} // namespace kedge::sandbox
