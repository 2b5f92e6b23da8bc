#include "view/markdown_safe.h"

#include "view/safe_text.h"

#include <algorithm>
#include <cctype>

namespace kedge {

namespace {

constexpr std::string_view gap = "&#8203;"; // a zero-width space of ours: foreign ones are visible by now

bool is_word(std::string_view text, std::size_t at, std::string_view word) {
    if (text.size() - at < word.size()) return false;
    return std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

// What hosts turn into links to issues, merge requests, milestones and alerts.
bool starts_reference(char c) {
    return c == '#' || c == '!' || c == '%' || c == '^';
}

} // namespace

std::string markdown_text(std::string_view foreign) {
    const std::string text = visible(foreign);
    std::string safe;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (c == '|')
            safe += "&#124;";
        else if (c == '@' || (starts_reference(c) && i + 1 < text.size() && text[i + 1] != ' '))
            safe += c + std::string(gap);
        else if (std::string_view("\\`*_[]~$").find(c) != std::string_view::npos)
            safe += std::string("\\") + c;
        else if (c == ':' && i + 2 < text.size() && text[i + 1] == '/' && text[i + 2] == '/')
            safe += ":" + std::string(gap);
        else if (is_word(text, i, "www.")) {
            safe += text.substr(i, 3) + std::string(gap);
            i += 2;
        } else
            safe += c;
    }
    return safe;
}

std::string markdown_code(std::string_view foreign) {
    std::string text = visible(foreign);
    if (text.empty()) return "";
    std::size_t longest = 0;
    for (std::size_t i = 0, run = 0; i < text.size(); ++i) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    // In a table a bar ends the cell even inside code, and hosts differ in how to escape it.
    for (std::size_t i = 0; (i = text.find('|', i)) != std::string::npos; i += 4) text.replace(i, 1, "\\x7c");
    const bool spaced = text.front() == '`' || text.back() == '`' || text.front() == ' ' || text.back() == '\\';
    return fence + (spaced ? " " : "") + text + (spaced ? " " : "") + fence;
}

std::string html_text(std::string_view foreign) {
    std::string safe;
    for (const char c : visible(foreign)) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        case '`':
            safe += "&#96;";
            break;
        case '@':
            safe += "@" + std::string(gap);
            break;
        default:
            safe += c;
        }
    }
    return safe;
}

std::string fenced_text(std::string_view foreign) {
    return visible(foreign);
}

} // namespace kedge
