#include "base/base64.h"

#include <cstdint>

namespace kedge {

namespace {

std::string encode(std::string_view bytes, std::string_view last_letters) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text;
    std::uint32_t bits = 0;
    unsigned int count = 0;
    const auto put = [&](std::uint32_t six) {
        text += six < letters.size() ? letters[six] : last_letters[six - letters.size()];
    };
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6) put(bits >> (count - 6U) & 63U);
    }
    if (count > 0) put(bits << (6U - count) & 63U);
    return text;
}

} // namespace

std::string base64(std::string_view bytes) {
    auto text = encode(bytes, "+/");
    text.resize((text.size() + 3) / 4 * 4, '=');
    return text;
}

std::string base64url(std::string_view bytes) {
    return encode(bytes, "-_");
}

} // namespace kedge
