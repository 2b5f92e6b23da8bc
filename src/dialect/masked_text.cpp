// How control planes hide a secret: told apart from text that somebody wrote.
#include "dialect/remote_text.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::string_view sentinel = "$kedge";

// `$kedge` is our own word for a masked secret.
std::string neutral_key(const std::string& key) {
    const auto word = key.find_first_not_of('$');
    if (word == std::string::npos || word == 0 || key.compare(word, std::string::npos, "kedge") != 0) return key;
    return "$" + key;
}

void neutralise_below(Json& value, int level) {
    if (level > depth_limit) throw std::invalid_argument("a row nested deeper than 64 levels");
    if (value.is_array()) {
        for (auto& item : value) neutralise_below(item, level + 1);
    } else if (value.is_object()) {
        bool rename = false;
        for (auto& [key, member] : value.items()) {
            neutralise_below(member, level + 1);
            rename = rename || key.find(sentinel) != std::string::npos;
        }
        if (!rename) return;
        Json renamed = Json::object();
        for (auto& [key, member] : value.items()) renamed[neutral_key(key)] = std::move(member);
        value = std::move(renamed);
    }
}

bool is_mark(std::string_view& text) {
    static constexpr std::array<std::string_view, 4> marks{"*", "\u2022", "\u25cf", "\u2217"};
    for (const auto mark : marks) {
        if (!text.starts_with(mark)) continue;
        text.remove_prefix(mark.size());
        return true;
    }
    return false;
}

bool all_marks(std::string_view text) {
    while (!text.empty()) {
        if (!is_mark(text)) return false;
    }
    return true;
}

bool three_marks(std::string_view text) {
    for (int run = 0; !text.empty();) {
        run = is_mark(text) ? run + 1 : 0;
        if (run == 3) return true;
        if (run == 0) text.remove_prefix(1);
    }
    return false;
}

bool is_mask_word(std::string_view text) {
    static constexpr std::array<std::string_view, 3> pairs{"<>", "[]", "()"};
    for (const auto pair : pairs) {
        if (text.size() > 2 && text.front() == pair[0] && text.back() == pair[1])
            text = text.substr(1, text.size() - 2);
    }
    return text == "redacted" || text == "masked" || text == "hidden";
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A null is a masked member of a map (the name is there, the value is not), but an absent `client_secret`: optional
// keys come back as null.
bool is_hidden(const std::string& pointer, const Json& value) {
    if (value.is_null()) return pointer != "/auth_data/client_secret";
    return value.is_string() && looks_masked(value.get_ref<const std::string&>());
}

} // namespace

bool looks_masked(const std::string& text) {
    std::string lower(trimmed(text));
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (all_marks(lower) || three_marks(lower)) return true;
    const auto space = lower.find_last_of(" \t");
    return is_mask_word(lower) ||
           (space != std::string::npos && is_mask_word(std::string_view(lower).substr(space + 1)));
}

void neutralise(Json& document) {
    neutralise_below(document, 0);
}

void mask_hidden(Json& document) {
    for_each_secret(document, [](const std::string& pointer, Json& value) {
        if (is_hidden(pointer, value)) value = masked_value();
    });
}

} // namespace kedge
