#include "view/safe_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kedge {

namespace {

struct Character {
    char32_t code = 0;
    std::size_t size = 1;
    bool valid = false;
};

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
Character first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t size = lead >= 0xF0 && lead < 0xF5   ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
    if (size == 0 || text.size() < size) return {lead, 1, false};
    char32_t code = lead & (0x7F >> size);
    for (std::size_t i = 1; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0) != 0x80) return {lead, 1, false};
        code = code << 6 | (byte & 0x3F);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {lead, 1, false};
    return {code, size, true};
}

struct Range {
    char32_t first;
    char32_t last;
};

template<std::size_t N>
bool in_ranges(const std::array<Range, N>& ranges, char32_t code) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const Range& r) { return r.first <= code && code <= r.last; });
}

// Controls, and characters that take no room or change the order of others (Unicode: Cf, default ignorable, line
// separators).
constexpr std::array<Range, 27> hidden{{
    {0x00, 0x1F},       {0x7F, 0x9F},        {0xAD, 0xAD},       {0x34F, 0x34F},     {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},      {0x70F, 0x70F},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},    {0x2028, 0x202E},   {0x2060, 0x206F},   {0x2800, 0x2800},
    {0x3164, 0x3164},   {0xE000, 0xF8FF},    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},    {0x13430, 0x1345F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
}};

constexpr std::array<Range, 10> combining{{{0x300, 0x36F},
                                           {0x483, 0x489},
                                           {0x591, 0x5BD},
                                           {0x610, 0x61A},
                                           {0x64B, 0x65F},
                                           {0x900, 0x902},
                                           {0xE31, 0xE31},
                                           {0xE34, 0xE3A},
                                           {0x1AB0, 0x1AFF},
                                           {0x20D0, 0x20FF}}};

constexpr std::array<Range, 10> wide{{{0x1100, 0x115E},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0x33FF},
                                      {0x3400, 0x4DBF},
                                      {0x4E00, 0x9FFF},
                                      {0xA000, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF}}};

std::string hex(std::uint32_t value, std::size_t least_digits) {
    std::string text;
    for (; value != 0 || text.size() < least_digits; value >>= 4)
        text.insert(text.begin(), "0123456789abcdef"[value & 15]);
    return text;
}

void append_visible(std::string& shown, std::string_view text, const Character& c) {
    if (!c.valid)
        shown += "\\x" + hex(c.code, 2);
    else if (c.code == '\n')
        shown += "\\n";
    else if (c.code == '\t')
        shown += "\\t";
    else if (c.code == '\r')
        shown += "\\r";
    else if (c.code < 0x80 && in_ranges(hidden, c.code))
        shown += "\\x" + hex(c.code, 2);
    else if (in_ranges(hidden, c.code))
        shown += "\\u{" + hex(c.code, 4) + "}";
    else
        shown += text.substr(0, c.size);
}

int columns(const Character& c) {
    if (in_ranges(combining, c.code)) return 0;
    return in_ranges(wide, c.code) ? 2 : 1;
}

} // namespace

std::string visible(std::string_view foreign) {
    std::string shown;
    shown.reserve(foreign.size());
    while (!foreign.empty()) {
        const auto c = first_character(foreign);
        append_visible(shown, foreign, c);
        foreign.remove_prefix(c.size);
    }
    return shown;
}

std::string visible_start(std::string_view foreign, int count) {
    std::string shown;
    for (; count > 0 && !foreign.empty(); --count) {
        const auto c = first_character(foreign);
        append_visible(shown, foreign, c);
        foreign.remove_prefix(c.size);
    }
    return shown;
}

std::string valid_utf8(std::string_view foreign) {
    std::string text;
    text.reserve(foreign.size());
    while (!foreign.empty()) {
        const auto c = first_character(foreign);
        if (c.valid)
            text += foreign.substr(0, c.size);
        else
            text += "\xEF\xBF\xBD";
        foreign.remove_prefix(c.size);
    }
    return text;
}

int display_width(std::string_view text) {
    int width = 0;
    while (!text.empty()) {
        const auto c = first_character(text);
        width += columns(c);
        text.remove_prefix(c.size);
    }
    return width;
}

std::string shorten(std::string_view text, int width) {
    if (display_width(text) <= width) return std::string(text);
    const int room = std::max(width - 3, 0);
    int used = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const auto c = first_character(text.substr(end));
        if (used + columns(c) > room) break;
        used += columns(c);
        end += c.size;
    }
    return std::string(text.substr(0, end)) + "...";
}

std::pair<std::string, std::string> shorten_pair(std::string_view live, std::string_view desired, int width) {
    constexpr std::size_t before_difference = 8;
    auto first = shorten(live, width);
    auto second = shorten(desired, width);
    if (first != second || live == desired) return {std::move(first), std::move(second)};
    const auto at = std::mismatch(live.begin(), live.end(), desired.begin(), desired.end()).first - live.begin();
    std::size_t from = std::max(static_cast<std::size_t>(at), before_difference) - before_difference;
    while (from > 0 && (static_cast<unsigned char>(live[from]) & 0xC0) == 0x80) --from;
    return {"..." + shorten(live.substr(from), width - 3), "..." + shorten(desired.substr(from), width - 3)};
}

std::string pad(std::string text, int width) {
    const int missing = width - display_width(text);
    if (missing > 0) text.append(static_cast<std::size_t>(missing), ' ');
    return text;
}

std::vector<std::string> wrap(std::string_view text, int width) {
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
            lines.push_back(std::move(line));
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    if (!line.empty()) lines.push_back(std::move(line));
    return lines;
}

} // namespace kedge
