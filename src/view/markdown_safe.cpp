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

// Where Markdown is not read, entities are not either. What is told by a hidden comment must not be told by others.
std::string without_comments(std::string text) {
    for (std::size_t at = 0; (at = text.find("<!--", at)) != std::string::npos; at += 7)
        text.replace(at + 1, 1, "\\x21");
    return text;
}

// Of backticks: a fence has to be longer.
std::size_t longest_run(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t i = 0, run = 0; i < text.size(); ++i) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
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
    std::string text = without_comments(visible(foreign));
    if (text.empty()) return "";
    const std::string fence(longest_run(text) + 1, '`');
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
    return without_comments(visible(foreign));
}

std::string markdown_block(std::string_view foreign, std::string_view language) {
    const auto text = without_comments(visible(foreign));
    const std::string fence(std::max<std::size_t>(longest_run(text) + 1, 3), '`');
    return fence + std::string(language) + "\n" + text + "\n" + fence + "\n";
}

std::string markdown_link(const std::string& text, std::string_view url) {
    if (!url.starts_with("https://") && !url.starts_with("http://")) return text;
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string safe;
    for (const char c : url) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7F && std::string_view("<>\"'`\\()[]|{}^").find(c) == std::string_view::npos)
            safe += c;
        else
            safe += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return "[" + text + "](" + safe + ")";
}

} // namespace kedge
