// Values as a plan shows them: canonical JSON, without secrets, at most eighty characters, the differing part in sight.
#pragma once
#include "base/json.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace kedge {

inline constexpr std::size_t excerpt_length = 80;
inline constexpr std::string_view hidden_secret = "(secret)";

// `pointer`: where the value stands; secret fields at or below it become "(secret)".
std::string excerpt(const Json& value, const std::string& pointer);
// Two values of one field: where both are too long and begin alike, both begin shortly before they differ.
std::pair<std::string, std::string> excerpts(const Json& live, const Json& desired, const std::string& pointer);

// One more segment of a JSON pointer.
std::string pointer_below(const std::string& pointer, std::string_view key);

} // namespace kedge
