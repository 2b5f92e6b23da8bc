// SHA-256 and HMAC-SHA-256 over bytes, as a small value. Promises constant-time comparison nowhere: digests are not
// secrets.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kedge {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};

    auto operator<=>(const Digest&) const = default;
    // True for the default value, which stands for "no digest".
    bool empty() const;
    std::string hex() const;
    // The first twelve hex digits: how people name a digest.
    std::string short_hex() const;
};

std::optional<Digest> digest_from_hex(std::string_view hex);
Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

// `count` bytes from the system's generator, in lower-case hex.
std::string random_hex(std::size_t count);

} // namespace kedge

template<>
struct std::hash<kedge::Digest> {
    std::size_t operator()(const kedge::Digest& digest) const noexcept;
};
