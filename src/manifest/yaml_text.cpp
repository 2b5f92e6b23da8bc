#include "manifest/yaml_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kedge {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Length of the line break at the start of `text`, 0 where there is none.
std::size_t break_length(std::string_view text) {
    if (text.empty()) return 0;
    if (text.starts_with("\r\n")) return 2;
    if (text.front() == '\n' || text.front() == '\r') return 1;
    if (text.starts_with("\xC2\x85")) return 2;
    if (text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9")) return 3;
    return 0;
}

// Length of the valid UTF-8 character at the start of `text`, 0 where it is not one.
std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return bad ? 0 : length;
}

struct Known {
    std::string_view problem; // part of libyaml's text
    std::string_view context; // part of its context; empty: any
    std::string_view message;
    std::string_view hint;
    bool at_context;
};

constexpr std::array known{
    Known{"found unexpected end of stream", "quoted scalar", "a quoted text begins here and never ends",
          "close the quote", true},
    Known{"found unexpected document indicator", "quoted scalar",
          "a quoted text begins here and runs into the next document", "close the quote", true},
    Known{"found unknown escape character", "", "unknown escape in a double-quoted text",
          "double the backslash, or use single quotes", false},
    Known{"did not find expected hexdecimal number", "", "broken escape in a double-quoted text",
          "write \\uXXXX with four hex digits", false},
    Known{"found invalid Unicode character escape code", "", "an escape that is no character",
          "write the character itself instead of a surrogate pair", false},
    Known{"found character that cannot start any token", "", "a character that cannot begin a value",
          "put the value in quotes; indent with spaces, never with tabs", false},
    Known{"found a tab character", "", "a tab where only spaces may stand", "indent with spaces", false},
    Known{"mapping values are not allowed", "", "\": \" inside a plain value, or wrong indentation",
          "put the value in quotes, or mend the indentation", false},
    Known{"could not find expected ':'", "", "a key without \":\"",
          "write \"key: value\"; look for an unclosed quote above", true},
    Known{"did not find expected key", "", "wrong indentation: a key was expected here", "line the keys of one map up",
          false},
    Known{"did not find expected '-' indicator", "", "wrong indentation: the next \"-\" of a list was expected here",
          "line the items of one list up", false},
    Known{"did not find expected ',' or ']'", "", "a list in brackets begins here and is not closed",
          "write \",\" between items and \"]\" at the end", true},
    Known{"did not find expected ',' or '}'", "", "a map in braces begins here and is not closed",
          "write \",\" between members and \"}\" at the end", true},
    Known{"did not find expected <document start>", "", "text after the end of the document",
          "a new document begins with \"---\"; look for wrong indentation above", false},
    Known{"block sequence entries are not allowed", "", "a list item that cannot stand here",
          "begin the list on its own line", false},
    Known{"block mapping values are not allowed", "", "a map that cannot stand here", "begin the map on its own line",
          false},
    Known{"mapping keys are not allowed", "", "a key that cannot stand here", "mend the indentation", false},
    Known{"found undefined tag handle", "", "an undefined tag",
          "remove the tag; put text that begins with \"!\" in quotes", false},
    Known{"found unknown directive name", "", "an unknown directive", "put text that begins with \"%\" in quotes",
          false},
    Known{"found incompatible YAML document", "", "a %YAML version that is neither 1.1 nor 1.2",
          "remove the %YAML line", false},
    Known{"found duplicate %YAML directive", "", "two %YAML lines", "keep one of them", false},
};

} // namespace

TextPosition position_of(std::string_view text, std::size_t offset) {
    TextPosition position;
    offset = std::min(offset, text.size());
    for (std::size_t i = 0; i < offset;) {
        const auto length = break_length(text.substr(i));
        if (length > 0) {
            ++position.line;
            position.column = 1;
            i += length;
            continue;
        }
        if (!is_continuation(text[i])) ++position.column;
        ++i;
    }
    return position;
}

std::string_view take_line(std::string_view& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c != '\n' && c != '\r' && c != 0xC2 && c != 0xE2) continue;
        const auto length = break_length(text.substr(i));
        if (length == 0) continue;
        const auto line = text.substr(0, i);
        text.remove_prefix(i + length);
        return line;
    }
    return std::exchange(text, {});
}

std::string clean_line(std::string_view line) {
    std::string clean;
    clean.reserve(line.size());
    while (!line.empty()) {
        const auto length = character_length(line);
        const auto first = static_cast<unsigned char>(line.front());
        const bool control = first < 0x20 || first == 0x7F ||
                             (first == 0xC2 && length == 2 && static_cast<unsigned char>(line[1]) < 0xA0);
        if (length == 0)
            clean += '?';
        else if (first == '\t')
            clean += ' ';
        else if (control)
            clean += '?';
        else
            clean += line.substr(0, length);
        line.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::string cut_line(std::string text, std::size_t most) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_continuation(text[i])) continue;
        if (++characters > most) {
            text.resize(i);
            return text + "...";
        }
    }
    return text;
}

YamlProblem syntax_problem(const std::string& problem, const std::string& context) {
    for (const auto& entry : known) {
        if (problem.find(entry.problem) == std::string::npos) continue;
        if (!entry.context.empty() && context.find(entry.context) == std::string::npos) continue;
        return {"not valid YAML: " + std::string(entry.message), std::string(entry.hint), entry.at_context};
    }
    return {"not valid YAML: " + problem + (context.empty() ? "" : ", " + context), "", false};
}

YamlProblem reader_problem(const std::string& problem, int value) {
    if (problem.find("control characters") != std::string::npos) {
        constexpr std::string_view hex = "0123456789ABCDEF";
        std::string code;
        for (int shift = 12; shift >= 0; shift -= 4) code += hex[static_cast<std::size_t>((value >> shift) & 15)];
        return {"control character U+" + code,
                value == 0 ? "save the file as UTF-8 text" : "remove it; in double quotes it may stand as \\u" + code,
                false};
    }
    return {"not valid UTF-8", "save the file as UTF-8", false};
}

} // namespace kedge
