// The text formats of the field table: URLs, names, one-line texts, subjects and roles.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

struct FormatProblem {
    bool is_error = false;
    std::string message; // follows the field's name; empty: no problem
    std::string hint;
};

FormatProblem check_format(std::string_view format, const std::string& value);

} // namespace kedge
