// How rows of the ledger are sealed, and how actions stand in them.
#pragma once
#include "model/change.h"
#include "store/encoding.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <string>

namespace kedge {

inline void put(Encoder& out, std::int64_t value) {
    out.number(std::bit_cast<std::uint64_t>(value));
}

inline std::int64_t seal_of(const Encoder& fields) {
    return std::bit_cast<std::int64_t>(checksum(fields.bytes()));
}

inline std::int64_t seal_text(std::int64_t unit, const std::string& text, std::int64_t number = 0) {
    Encoder out;
    put(out, unit);
    out.text(text);
    put(out, number);
    return seal_of(out);
}

inline std::optional<Action> read_action(std::string_view text) {
    for (const auto action : {Action::create, Action::update, Action::rotate, Action::replace, Action::remove,
                              Action::adopt, Action::keep}) {
        if (to_text(action) == text) return action;
    }
    return std::nullopt;
}

} // namespace kedge
