#include "cli/moment.h"

#include <algorithm>
#include <string_view>

namespace kedge {

namespace {

// The text has this shape: 9 stands for a digit.
bool has_shape(const std::string& text, std::string_view shape) {
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool fits = shape[i] == '9' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i];
        if (!fits) return false;
    }
    return true;
}

// February 30 would become March 2.
std::optional<UnixSeconds> second(const std::string& text) {
    const auto time = parse_utc(text);
    return time && *time > 0 && format_utc(*time) == text ? time : std::nullopt;
}

std::string next_month(const std::string& month) {
    const int number = std::stoi(month.substr(5));
    if (number == 12) return std::to_string(std::stoi(month.substr(0, 4)) + 1) + "-01";
    return month.substr(0, 5) + (number < 9 ? "0" : "") + std::to_string(number + 1);
}

} // namespace

std::optional<Moment> parse_moment(const std::string& text, UnixSeconds now) {
    const std::string midnight = "T00:00:00Z";
    if (has_shape(text, "9999-99-99T99:99:99Z")) {
        const auto at = second(text);
        return at ? std::optional(Moment{*at, *at + 1}) : std::nullopt;
    }
    if (has_shape(text, "9999-99-99")) {
        const auto at = second(text + midnight);
        return at ? std::optional(Moment{*at, *at + 86'400}) : std::nullopt;
    }
    if (has_shape(text, "9999-99")) {
        const auto at = second(text + "-01" + midnight);
        const auto after = at ? second(next_month(text) + "-01" + midnight) : std::nullopt;
        return after ? std::optional(Moment{*at, *after}) : std::nullopt;
    }
    const auto ago = parse_duration(text);
    if (!ago) return std::nullopt;
    const auto at = now - ago->count() / 1000;
    return Moment{at, at};
}

UnixSeconds moment_to_come(std::optional<Milliseconds> lasting, const std::string& until, UnixSeconds now) {
    if (lasting) return now + std::max<std::int64_t>(lasting->count() / 1000, 1);
    const auto moment = parse_moment(until, now);
    return moment ? moment->first : 0;
}

} // namespace kedge
