#include "base/duration.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

namespace kedge {

namespace {
constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t longest = std::int64_t{3650} * 86'400'000;
} // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::int64_t total = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        std::int64_t number = 0;
        const std::size_t digits = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9') {
            number = number * 10 + (text[i++] - '0');
            if (number > longest) return std::nullopt;
        }
        const std::size_t letters = i;
        while (i < text.size() && text[i] >= 'a' && text[i] <= 'z') ++i;
        const auto unit = text.substr(letters, i - letters);
        if (letters == digits || unit.empty()) return std::nullopt;
        std::int64_t factor = 0;
        for (const auto& [name, milliseconds] : units) {
            if (name == unit) factor = milliseconds;
        }
        if (factor == 0 || number > longest / factor) return std::nullopt;
        total += number * factor;
    }
    if (total > longest) return std::nullopt;
    return Milliseconds(total);
}

std::string format_duration(Milliseconds duration) {
    std::int64_t left = duration.count();
    if (left == 0) return "0s";
    std::string text = left < 0 ? "-" : "";
    left = left < 0 ? -left : left;
    for (const auto& [name, milliseconds] : units) {
        if (left < milliseconds) continue;
        text += std::to_string(left / milliseconds) + std::string(name);
        left %= milliseconds;
    }
    return text;
}

std::string format_utc(UnixSeconds time) {
    const std::time_t seconds = time;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

std::optional<UnixSeconds> parse_utc(std::string_view text) {
    std::tm parts{};
    const std::string copy(text.substr(0, 19));
    const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (end == nullptr || *end != '\0' || text.empty() || text.back() != 'Z') return std::nullopt;
    return timegm(&parts);
}

} // namespace kedge
