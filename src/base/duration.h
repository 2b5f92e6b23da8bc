// Durations as people write them: "30s", "15m", "1h30m", "2d", "250ms".
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kedge {

using Milliseconds = std::chrono::milliseconds;

// Nothing for an empty, negative, unit-less or overflowing text.
std::optional<Milliseconds> parse_duration(std::string_view text);
std::string format_duration(Milliseconds duration);

// Seconds since the epoch, UTC: how times are stored. Format: 2026-03-01T12:00:00Z.
using UnixSeconds = std::int64_t;
std::string format_utc(UnixSeconds time);
std::optional<UnixSeconds> parse_utc(std::string_view text);

} // namespace kedge
