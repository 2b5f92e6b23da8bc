#include "serve/network.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace kedge {

namespace ip = boost::asio::ip;

namespace {

struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool v4 = false;
};

std::optional<Address> address_from(const std::string& text) {
    boost::system::error_code error;
    const auto address = ip::make_address(text, error);
    if (error || (address.is_v6() && address.to_v6().scope_id() != 0)) return std::nullopt;
    const bool v4 = address.is_v4() || address.to_v6().is_v4_mapped();
    const auto all = address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
    return Address{all.to_bytes(), v4};
}

} // namespace

std::optional<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = address_from(std::string(text.substr(0, slash)));
    if (!address) return std::nullopt;
    const int longest = address->v4 ? 32 : 128;
    int bits = longest;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > longest)
            return std::nullopt;
    }
    Network network;
    network.bytes_ = address->bytes;
    network.bits_ = bits + 128 - longest;
    return network;
}

bool Network::contains(const std::string& address) const {
    const auto other = address_from(address);
    if (!other) return false;
    const auto whole = static_cast<std::size_t>(bits_ / 8);
    if (!std::equal(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(whole), other->bytes.begin()))
        return false;
    const int rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return (bytes_[whole] & mask) == (other->bytes[whole] & mask);
}

bool any_contains(const std::vector<Network>& networks, const std::string& address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return network.contains(address); });
}

bool is_loopback_address(const std::string& address) {
    boost::system::error_code error;
    const auto parsed = ip::make_address(address, error);
    return !error && parsed.is_loopback();
}

std::string source_of(const std::string& address) {
    const auto parsed = address_from(address);
    if (!parsed || parsed->v4) return address;
    auto bytes = parsed->bytes;
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return ip::address_v6(bytes).to_string() + "/64";
}

} // namespace kedge
