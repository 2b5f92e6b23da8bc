// The text side of reading YAML: lines as libyaml counts them, and its complaints in words that help.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

struct TextPosition {
    int line = 1;
    int column = 1; // in characters
};
TextPosition position_of(std::string_view text, std::size_t offset);

// Takes the next line off `text`, without its break: \n, \r\n, \r and the three that YAML 1.1 adds.
std::string_view take_line(std::string_view& text);

// Valid UTF-8 without control characters, of the same number of characters where it already was.
std::string clean_line(std::string_view line);
// At most `most` characters; what is cut off becomes "...".
std::string cut_line(std::string text, std::size_t most);

struct YamlProblem {
    std::string message;
    std::string hint;
    bool at_context = false; // the place is where the thing began, not where it failed
};
YamlProblem syntax_problem(const std::string& problem, const std::string& context);
YamlProblem reader_problem(const std::string& problem, int value);

} // namespace kedge
