#include "io/retry_hint.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace kedge {

namespace {

// Larger numbers are moments, smaller ones waits: ten years of seconds lie between.
constexpr std::int64_t smallest_moment = 315'360'000;

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    // Some servers send fractions of a second: the next whole one is right.
    if (error == std::errc() && end != text.data() + text.size() && *end == '.') return number + 1;
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<UnixSeconds> http_date(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

Milliseconds seconds(std::int64_t count) {
    return Milliseconds(std::clamp<std::int64_t>(count, 0, smallest_moment) * 1000);
}

} // namespace

std::optional<Milliseconds> retry_hint(const HttpHeaders& headers, UnixSeconds now) {
    const auto after = header(headers, "retry-after");
    if (const auto count = whole_number(after)) return seconds(*count);
    if (const auto date = http_date(after)) return seconds(*date - now);
    if (const auto reset = whole_number(header(headers, "x-ratelimit-reset"))) {
        return seconds(*reset >= smallest_moment ? *reset - now : *reset);
    }
    return std::nullopt;
}

} // namespace kedge
