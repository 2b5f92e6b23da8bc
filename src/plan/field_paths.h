// Dotted object paths ("tags.owner", "auth_data.*.name"; `*` stands for one segment) applied to documents. Keys that
// contain dots themselves are found as they are written. Lists are entered only by `*`.
#pragma once
#include "base/json.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// Where a path leads from one key of an object.
struct PathStep {
    bool here = false;   // it ends at this key
    bool deeper = false; // it goes on below it, with `rest`
    std::string_view rest;
};
PathStep step_into(std::string_view path, std::string_view key);

// Removes what the path names, and the objects that this leaves empty (also those that were empty before: both sides of
// a comparison end up alike).
void erase_path(Json& document, std::string_view path);

bool has_path(const Json& document, std::string_view path);

// Calls `visit(live, desired)` for each value of `live` that the path names; `desired` is its counterpart, or null.
void visit_pairs(Json& live, const Json* desired, std::string_view path,
                 const std::function<void(Json& live, const Json* desired)>& visit);

// At the path or below it; list items ("servers[a].url") count as below the list.
bool lies_under(std::string_view path, std::string_view rule);

// "a.*.b" into {"a", "*", "b"}.
std::vector<std::string> path_segments(std::string_view path);

} // namespace kedge
