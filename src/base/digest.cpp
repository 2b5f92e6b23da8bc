#include "base/digest.h"

#include <cstring>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::string to_hex(const std::uint8_t* bytes, std::size_t count) {
    std::string text;
    text.reserve(count * 2);
    for (std::size_t i = 0; i < count; ++i) {
        text += hex_digits[bytes[i] >> 4];
        text += hex_digits[bytes[i] & 15];
    }
    return text;
}

} // namespace

bool Digest::empty() const {
    return *this == Digest{};
}

std::string Digest::hex() const {
    return to_hex(bytes.data(), bytes.size());
}

std::string Digest::short_hex() const {
    return to_hex(bytes.data(), 6);
}

std::optional<Digest> digest_from_hex(std::string_view hex) {
    Digest digest;
    if (hex.size() != digest.bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const auto value = hex_digits.find(hex[i]);
        if (value == std::string_view::npos) return std::nullopt;
        auto& byte = digest.bytes[i / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | value);
    }
    return digest;
}

Digest sha256(std::string_view bytes) {
    Digest digest;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available in this OpenSSL");
    }
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest digest;
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.bytes.data(),
             &length) == nullptr) {
        throw std::runtime_error("HMAC-SHA-256 is not available in this OpenSSL");
    }
    return digest;
}

std::string random_hex(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("the system's random generator gave nothing");
    }
    return to_hex(reinterpret_cast<const std::uint8_t*>(bytes.data()), count);
}

} // namespace kedge

std::size_t std::hash<kedge::Digest>::operator()(const kedge::Digest& digest) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, digest.bytes.data(), sizeof value);
    return value;
}
