#include "forge/read.h"

#include "base/duration.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace kedge::forge {

namespace {

bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    if (at + count > text.size()) return std::nullopt;
    const auto* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + count, value);
    if (error != std::errc() || end != begin + count || value < 0) return std::nullopt;
    return value;
}

// "Z", "+02:00", "-0330" -> what has to be taken off, in seconds.
std::optional<std::int64_t> offset_of(std::string_view text) {
    if (text == "Z") return 0;
    if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const auto hours = digits(text, 1, 2);
    const auto minutes = digits(text, text[3] == ':' ? 4 : 3, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    if (text.size() != (text[3] == ':' ? 6U : 5U)) return std::nullopt;
    const std::int64_t seconds = *hours * 3600 + *minutes * 60;
    return text[0] == '-' ? -seconds : seconds;
}

} // namespace

const Json* member(const Json& json, Path path) {
    const Json* at = &json;
    for (const auto* key : path) {
        if (!at->is_object()) return nullptr;
        const auto found = at->find(key);
        if (found == at->end()) return nullptr;
        at = &*found;
    }
    return at;
}

std::string text(const Json& json, Path path, std::size_t most_bytes) {
    const auto* found = member(json, path);
    if (found == nullptr || !found->is_string()) return {};
    return std::string(first_bytes(found->get_ref<const std::string&>(), most_bytes));
}

bool is_commit(std::string_view text) {
    return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string commit(const Json& json, Path path) {
    auto found = text(json, path);
    return is_commit(found) ? found : std::string();
}

std::string id(const Json& json, Path path) {
    const auto* found = member(json, path);
    const bool fits = found != nullptr && found->is_number_integer() &&
                      (found->is_number_unsigned() || found->get<std::int64_t>() > 0);
    if (!fits || found->get<std::uint64_t>() == 0) return {};
    return std::to_string(found->get<std::uint64_t>());
}

int number(const Json& json, Path path) {
    const auto* found = member(json, path);
    if (found == nullptr || !found->is_number_unsigned()) return 0;
    const auto value = found->get<std::uint64_t>();
    return value <= static_cast<std::uint64_t>(std::numeric_limits<int>::max()) ? static_cast<int>(value) : 0;
}

bool flag(const Json& json, Path path) {
    const auto* found = member(json, path);
    return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::string_view first_bytes(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && !begins_character(text[end])) --end;
    return text.substr(0, end);
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string first_characters(const std::string& text, std::size_t most) {
    if (text.size() <= most || count_characters(text) <= most) return text;
    std::size_t kept = 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (!begins_character(text[end])) continue;
        if (kept + 1 == most) break;
        ++kept;
    }
    return text.substr(0, end) + "\u2026";
}

void read_times(const Json& row, PullComment& comment) {
    const auto made = text(row, {"created_at"});
    const auto moved = text(row, {"updated_at"});
    comment.at = milliseconds_of(made).value_or(0) / 1000;
    comment.edited = !moved.empty() && moved != made;
}

std::optional<std::int64_t> milliseconds_of(std::string_view time) {
    if (time.size() < 20) return std::nullopt;
    const auto seconds = parse_utc(std::string(time.substr(0, 19)) + "Z");
    auto rest = time.substr(19);
    std::int64_t fraction = 0;
    if (rest.starts_with('.')) {
        const auto end = rest.find_first_not_of("0123456789", 1);
        if (end == 1 || end == std::string_view::npos) return std::nullopt;
        auto thousandths = std::string(rest.substr(1, end - 1)) + "00";
        fraction = *digits(thousandths, 0, 3);
        rest.remove_prefix(end);
    }
    const auto offset = offset_of(rest);
    if (!seconds || !offset) return std::nullopt;
    return (*seconds - *offset) * 1000 + fraction;
}

} // namespace kedge::forge
