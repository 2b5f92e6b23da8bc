// Which members a JSON body may have: a table of names, kinds and choices, and all that is wrong at once. Pure.
#pragma once
#include "base/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct FieldRule {
    enum class Kind { text, filled_text, integer, flag, object, text_map, list };

    std::string_view name;
    Kind kind = Kind::text;
    bool required = false;
    bool nullable = false;
    std::vector<std::string_view> choices = {}; // of a text
};

struct FieldProblem {
    std::string field;
    std::string message; // "a text is wanted"
    std::vector<std::string_view> choices = {};
};

enum class UnknownKeys { ignored, refused };

// `body` must be an object. Where `partial`, nothing is required.
std::vector<FieldProblem> check_fields(const Json& body, const std::vector<FieldRule>& rules, bool partial,
                                       UnknownKeys unknown = UnknownKeys::ignored);
// "name: a text is wanted; url: required"
std::string problems_text(const std::vector<FieldProblem>& problems);

const FieldRule* rule_of(const std::vector<FieldRule>& rules, std::string_view name);

// The words of a comma list, without blanks around them; and whether a text is one of them.
std::vector<std::string> comma_words(std::string_view text);
bool in_comma_list(std::string_view list, std::string_view word);
// A text matches one of a comma list of patterns, in which `*` stands for anything.
bool like_one_of(std::string_view patterns, std::string_view text);

std::string text_of(const Json& object, std::string_view key); // empty where it is no text
Json value_of(const Json& object, std::string_view key);       // null where absent

} // namespace kedge::sandbox
