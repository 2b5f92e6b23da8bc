#include "plan/excerpt.h"

#include "base/secret.h"
#include "model/secret_fields.h"

#include <algorithm>

namespace kedge {

namespace {

// Foreign text is searched for credentials up to here; more would never be shown.
constexpr std::size_t searched = 500;
constexpr std::size_t before_difference = 20;
constexpr std::string_view cut_mark = "...";

bool inside_character(const std::string& text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

Json without_secrets(const Json& value, const std::string& pointer) {
    if (is_secret_pointer(pointer)) return hidden_secret;
    if (!value.is_structured()) return value;
    Json copy = value;
    if (copy.is_object()) {
        for (auto& [key, member] : copy.items()) member = without_secrets(member, pointer_below(pointer, key));
    } else {
        for (std::size_t i = 0; i < copy.size(); ++i)
            copy[i] = without_secrets(copy[i], pointer + "/" + std::to_string(i));
    }
    return copy;
}

std::string full_text(const Json& value, const std::string& pointer) {
    if (is_secret_pointer(pointer)) return std::string(hidden_secret);
    return scrub(canonical_json(without_secrets(value, pointer)), searched);
}

std::string window(const std::string& text, std::size_t from) {
    while (from > 0 && inside_character(text, from)) --from;
    std::string shown = from == 0 ? "" : std::string(cut_mark);
    if (shown.size() + (text.size() - from) <= excerpt_length) return shown + text.substr(from);
    std::size_t end = from + excerpt_length - shown.size() - cut_mark.size();
    while (end > from && inside_character(text, end)) --end;
    return shown + text.substr(from, end - from) + std::string(cut_mark);
}

} // namespace

std::string excerpt(const Json& value, const std::string& pointer) {
    return window(full_text(value, pointer), 0);
}

std::pair<std::string, std::string> excerpts(const Json& live, const Json& desired, const std::string& pointer) {
    const std::string ours = full_text(desired, pointer);
    const std::string theirs = full_text(live, pointer);
    const auto [at, unused] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    const auto same = static_cast<std::size_t>(at - ours.begin());
    const bool hidden = same + cut_mark.size() >= excerpt_length && same < ours.size() && same < theirs.size();
    const std::size_t from = hidden ? same - before_difference : 0;
    return {window(theirs, from), window(ours, from)};
}

std::string pointer_below(const std::string& pointer, std::string_view key) {
    std::string below = pointer + "/";
    for (const char c : key) {
        if (c == '~')
            below += "~0";
        else if (c == '/')
            below += "~1";
        else
            below += c;
    }
    return below;
}

} // namespace kedge
