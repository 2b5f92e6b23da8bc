// What the checks of every dialect share: answers cut out of the bytes of a fuzzer, and what must hold of the words
// that people are shown.
#pragma once
#include "dialect/dialect.h"
#include "model/secret_fields.h"
#include "tests/fuzz/checks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace kedge::fuzz {

inline std::optional<Json> parsed(std::string_view text) {
    try {
        return parse_json(text);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

inline std::string_view take(std::string_view& text, std::size_t count) {
    const auto part = text.substr(0, count);
    text.remove_prefix(part.size());
    return part;
}

// An answer: one byte (modulo 12: the status; the rest: how many rows were taken out), two bytes for the length of the
// body, big end first, and the body.
using Statuses = std::array<int, 12>; // 0: no answer
inline Exchange answer_from(std::string_view& input, HttpRequest request, const Statuses& statuses) {
    Exchange exchange;
    exchange.request = std::move(request);
    const auto head = take(input, 3);
    const auto byte = static_cast<std::uint8_t>(head[0]);
    exchange.response.status = statuses[byte % statuses.size()];
    exchange.rows = byte / statuses.size();
    exchange.answered = exchange.response.status != 0;
    exchange.sent = exchange.answered || exchange.rows % 2 == 0;
    std::size_t length = 0;
    for (const char c : head.substr(1)) length = length * 256 + static_cast<std::uint8_t>(c);
    (exchange.answered ? exchange.response.body : exchange.error) = take(input, length);
    return exchange;
}

// Their words, as they are shown: one line of valid UTF-8, short.
inline void check_words(const std::string& text) {
    must(text.size() <= 4000);
    must(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    Json(text).dump(); // throws on invalid UTF-8
}

} // namespace kedge::fuzz
