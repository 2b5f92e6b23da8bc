#include "source/names.h"

#include "base/failure.h"
#include "source/source.h"

namespace kedge {

namespace {

// Length of the valid UTF-8 sequence at the front of `text`; 0 where there is none (overlong forms and surrogates
// included).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

std::string escaped(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    return std::string("\\x") + digits[byte >> 4] + digits[byte & 15];
}

} // namespace

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string name_problem(std::string_view name) {
    if (name.empty() || name == "." || name == "..") return "is not a file name";
    for (const char c : name) {
        if (is_control(c)) return "holds a control character";
        if (c == '\\') return "holds a backslash";
        if (c == '/') return "holds a slash";
    }
    return is_valid_utf8(name) ? "" : "is not valid UTF-8";
}

std::string shown_name(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        const std::size_t length = sequence_length(name);
        if (length == 0 || is_control(name[0]) || name[0] == '\\') {
            text += escaped(name[0]);
            name.remove_prefix(1);
        } else {
            text += name.substr(0, length);
            name.remove_prefix(length);
        }
    }
    return text;
}

std::string one_line(std::string_view text) {
    constexpr std::size_t most = 300;
    std::string clean;
    while (!text.empty() && clean.size() < most) {
        const std::size_t length = sequence_length(text);
        if (length == 0) {
            clean += '?';
        } else if (is_control(text[0])) {
            clean += ' ';
        } else {
            clean += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

void Source::pin(const std::string& commit) {
    if (commit.empty()) return;
    throw Failure(NextAction::stop, "source: go back to \"" + commit.substr(0, 12) +
                                        "\": a plain folder has no history; `kedge resume UNIT` follows it again");
}

Task<std::map<int, Commit>> Source::blame(const Snapshot&, std::string, std::vector<int>) {
    std::map<int, Commit> none;
    co_return none;
}

} // namespace kedge
