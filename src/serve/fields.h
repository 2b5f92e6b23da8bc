// Reads queries and bodies strictly against the fields of a route: unknown names, wrong types and too much of anything
// are refused.
#pragma once
#include "serve/routes.h"

#include <string>
#include <variant>
#include <vector>

namespace kedge {

// Names and values of `target`'s query.
std::variant<std::map<std::string, std::string>, Problem> read_query(const std::vector<RouteField>& fields,
                                                                     std::string_view target);
// An object with these members; nothing at all counts as {}.
std::variant<Json, Problem> read_body(const std::vector<RouteField>& fields, const std::string& text);

Json field_schema(const RouteField& field);
Json body_schema(const std::vector<RouteField>& fields);

// Members and parameters that were checked: absent ones are empty, or 0.
std::string text_in(const Json& body, const char* name);
std::vector<std::string> names_in(const Json& body, const char* name);
std::int64_t count_in(const Json& body, const char* name);
UnixSeconds time_in(const Json& body, const char* name);
std::string text_in(const Call& call, const char* name);
std::int64_t count_in(const Call& call, const char* name, std::int64_t fallback);
UnixSeconds time_in(const Call& call, const char* name);

} // namespace kedge
