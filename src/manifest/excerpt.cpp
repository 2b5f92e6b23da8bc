// The excerpt of a finding. It must never show a secret, also in a text that no reader understands: so the text is
// followed by a small scanner of its own (quotes, block texts, brackets, indentation), which hides every value under a
// key that may hold one.
#include "base/secret.h"
#include "manifest/yaml.h"
#include "manifest/yaml_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace kedge {

namespace {

constexpr std::size_t excerpt_length = 120;
constexpr std::string_view mask = "***";

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}

bool is_secret_key(std::string_view key) {
    std::string lower(key);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    if (ends_with_any(lower, {"_url", "_uri", "_endpoint", "_supported", "_level", "_type", "_id", "_source"}))
        return false;
    constexpr std::array parts{"token",  "secret",  "passw",  "authorization", "credential",
                               "apikey", "private", "cookie", "bearer"};
    constexpr std::array whole{"key", "env", "headers", "auth", "pwd", "additional_headers"};
    if (std::any_of(parts.begin(), parts.end(),
                    [&](const char* part) { return lower.find(part) != std::string::npos; }))
        return true;
    return lower.ends_with("_key") || std::find(whole.begin(), whole.end(), lower) != whole.end();
}

// What may be shown as a key where keys stand in a secret field: a name, never a piece of a value.
bool looks_like_name(std::string_view key) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.\"' ";
    return key.size() <= 40 && key.find_first_not_of(letters) == std::string_view::npos;
}

class Scanner {
public:
    std::string line_of(std::string_view text, int wanted) {
        for (int line = 1; line <= wanted; ++line) {
            if (text.empty() && line > 1) return "";
            target_ = line == wanted;
            scan(take_line(text));
        }
        return out_;
    }

private:
    struct Frame {
        std::size_t indent = 0;
        bool bracket = false; // `{` or `[`; otherwise a key
        bool in_flow = false;
        bool secret = false;
    };

    bool secret() const { return !frames_.empty() && frames_.back().secret; }
    bool in_flow() const { return !frames_.empty() && frames_.back().in_flow; }

    void emit(std::string_view part, bool hidden) {
        if (!target_ || part.empty()) return;
        if (!hidden)
            out_ += part;
        else if (!out_.ends_with(mask))
            out_ += mask;
    }

    void scan(std::string_view line) {
        const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
        if (quote_ == 0 && block_) {
            if (indent == line.size()) return;
            if (indent > block_indent_) {
                emit(line.substr(0, indent), false);
                emit(line.substr(indent), block_secret_);
                return;
            }
            block_ = false;
        }
        line_indent_ = indent;
        key_in_line_ = false;
        std::size_t at = 0;
        if (quote_ != 0) {
            at = quoted(line, 0);
        } else if (!in_flow()) {
            if (line.starts_with("---") || line.starts_with("...")) frames_.clear();
            const bool item = line.substr(indent).starts_with("-");
            while (!frames_.empty() && (frames_.back().indent > indent || (frames_.back().indent == indent && !item)))
                frames_.pop_back();
        }
        while (at < line.size()) at = token(line, at);
    }

    // One token from `at`; gives the position after it.
    std::size_t token(std::string_view line, std::size_t at) {
        const char c = line[at];
        if (c == ' ' || c == '\t') return pass(line, at, 1);
        if (c == '#' && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')) return comment(line, at);
        const bool ends = at + 1 >= line.size() || line[at + 1] == ' ' || line[at + 1] == '\t';
        if (!in_flow() && (c == '-' || c == '?') && ends) return pass(line, at, 1);
        if (!in_flow() && at == 0 && line.starts_with("---")) return pass(line, at, 3);
        if (c == '"' || c == '\'') {
            quote_start_ = at;
            quote_ = c;
            return quoted(line, at + 1);
        }
        if (c == '{' || c == '[') {
            frames_.push_back({at, true, true, secret()});
            return pass(line, at, 1);
        }
        if (in_flow() && (c == '}' || c == ']' || c == ',')) return close(line, at);
        if (!in_flow() && (c == '|' || c == '>')) return block(line, at);
        return plain(line, at);
    }

    std::size_t pass(std::string_view line, std::size_t at, std::size_t length) {
        emit(line.substr(at, length), false);
        return at + length;
    }

    std::size_t comment(std::string_view line, std::size_t at) {
        const auto text = line.substr(at);
        const auto colon = text.find_first_of(":=");
        const bool hides = secret() || (colon != std::string_view::npos && mentions_secret(text.substr(0, colon)));
        emit(text, hides);
        return line.size();
    }

    static bool mentions_secret(std::string_view text) {
        const auto end = text.find_last_not_of(" \t");
        if (end == std::string_view::npos) return false;
        const auto begin = text.find_last_of(" \t#-", end);
        return is_secret_key(text.substr(begin + 1, end - begin)) || text.find("ecret") != std::string_view::npos;
    }

    // From inside a quoted text to after its end, or to the end of the line.
    std::size_t quoted(std::string_view line, std::size_t at) {
        std::size_t i = at;
        for (; i < line.size(); ++i) {
            if (quote_ == '"' && line[i] == '\\')
                ++i;
            else if (line[i] == quote_ && quote_ == '\'' && i + 1 < line.size() && line[i + 1] == '\'')
                ++i;
            else if (line[i] == quote_)
                break;
        }
        const std::size_t begin = quote_start_.value_or(0);
        if (i >= line.size()) {
            emit(line.substr(begin), secret());
            quote_start_.reset();
            return line.size();
        }
        const auto after = line.find_first_not_of(" \t", i + 1);
        const bool key = quote_start_ && after != std::string_view::npos && line[after] == ':';
        quote_ = 0;
        if (key)
            enter(line.substr(begin, i + 1 - begin), line.substr(begin + 1, i - begin - 1), begin);
        else
            emit(line.substr(begin, i + 1 - begin), secret());
        quote_start_.reset();
        if (!key) return i + 1;
        emit(line.substr(i + 1, after - i), false);
        return after + 1;
    }

    // A key at column `at`: what follows belongs to it.
    void enter(std::string_view shown, std::string_view key, std::size_t at) {
        key_in_line_ = true;
        if (in_flow()) {
            while (!frames_.back().bracket) frames_.pop_back();
        } else {
            while (!frames_.empty() && frames_.back().indent >= at) frames_.pop_back();
        }
        const bool inside = secret();
        emit(shown, inside && !looks_like_name(shown));
        frames_.push_back({at, false, in_flow(), inside || is_secret_key(key)});
    }

    std::size_t close(std::string_view line, std::size_t at) {
        while (!frames_.empty() && !frames_.back().bracket) frames_.pop_back();
        if (line[at] != ',' && !frames_.empty()) frames_.pop_back();
        return pass(line, at, 1);
    }

    std::size_t block(std::string_view line, std::size_t at) {
        block_ = true;
        block_secret_ = secret();
        block_indent_ = std::max(frames_.empty() ? 0 : frames_.back().indent, line_indent_);
        emit(line.substr(at), false);
        return line.size();
    }

    std::size_t plain(std::string_view line, std::size_t at) {
        if (secret() && !in_flow() && key_in_line_) { // nothing here is another key, whatever colons it has
            emit(line.substr(at), true);
            return line.size();
        }
        std::size_t i = at;
        bool key = false;
        for (; i < line.size(); ++i) {
            const char next = i + 1 < line.size() ? line[i + 1] : ' ';
            if (line[i] == ':' && (next == ' ' || next == '\t' ||
                                   (in_flow() && std::string_view(",[]{}\"'").find(next) != std::string_view::npos))) {
                key = true;
                break;
            }
            if (line[i] == '#' && i > at && (line[i - 1] == ' ' || line[i - 1] == '\t')) break;
            if (in_flow() && i > at && std::string_view(",[]{}").find(line[i]) != std::string_view::npos) break;
        }
        const auto part = line.substr(at, i - at);
        if (!key) {
            emit(part, secret());
            return std::max(i, at + 1);
        }
        auto name = part;
        while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
        enter(part, name, at);
        emit(line.substr(i, 1), false);
        return i + 1;
    }

    std::vector<Frame> frames_;
    char quote_ = 0;                         // the quote of a text that is open
    std::optional<std::size_t> quote_start_; // where it began, if in this line
    bool block_ = false, block_secret_ = false;
    std::size_t block_indent_ = 0, line_indent_ = 0;
    bool target_ = false, key_in_line_ = false;
    std::string out_;
};

} // namespace

std::string excerpt_of(std::string_view text, const Place& place) {
    if (place.line <= 0) return "";
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Scanner scanner;
    // Cut twice: the patterns of scrub() are slow on long words, and must still see enough behind what is shown in the
    // end.
    const std::string line = cut_line(clean_line(scanner.line_of(text, place.line)), 2 * excerpt_length);
    std::string shown = cut_line(scrub(line, 4 * excerpt_length), excerpt_length);
    while (shown.ends_with(' ')) shown.pop_back();
    return shown;
}

} // namespace kedge
