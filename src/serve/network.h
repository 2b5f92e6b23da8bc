// An IP address or a network of them, as settings write it: 10.0.0.5, 10.0.0.0/8, fd00::/8.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

class Network final {
public:
    static std::optional<Network> parse(std::string_view text); // nothing: it is none
    bool contains(const std::string& address) const;            // false for what is no address

private:
    std::array<std::uint8_t, 16> bytes_{};
    int bits_ = 0; // of 128; IPv4 addresses are mapped
};

bool any_contains(const std::vector<Network>& networks, const std::string& address);
bool is_loopback_address(const std::string& address);
// Whom a rate limit is for: an IPv4 address, and of IPv6 the network of 64 bits that one subscriber has.
std::string source_of(const std::string& address);

} // namespace kedge
