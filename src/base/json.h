// The one JSON type of the project, and its canonical text. Objects keep their keys sorted (nlohmann's default), so a
// dump is already in key order.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace kedge {

using Json = nlohmann::json;

// Canonical text: sorted keys, UTF-8 as is, no spaces, integers exact, 1 and 1.0 differ. The document must hold valid
// UTF-8 and be less than 100 levels deep (every reader of ours refuses deeper ones); throws std::invalid_argument
// otherwise.
std::string canonical_json(const Json& document);

// Parses foreign JSON with a depth limit of 64 and refuses duplicate keys, which nlohmann would let win silently.
// Throws std::invalid_argument with the reason (without quoting the text: it may hold secrets).
Json parse_json(std::string_view text);

} // namespace kedge
