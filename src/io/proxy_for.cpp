#include "io/beast_client.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace kedge {

namespace ip = boost::asio::ip;

namespace {

struct Place {
    std::string scheme;
    std::string host; // lower case, without brackets and the dot at its end
    std::string port;
    std::optional<ip::address> address;
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::optional<ip::address> address_of(const std::string& text) {
    boost::system::error_code error;
    const ip::address address = ip::make_address(text, error);
    if (error) return std::nullopt;
    return address;
}

std::optional<Place> place_of(const std::string& url) {
    const auto view = boost::urls::parse_uri(url);
    if (view.has_error()) return std::nullopt;
    Place place;
    const auto scheme = view->scheme();
    place.scheme = lower(std::string(scheme.data(), scheme.size()));
    place.host = lower(view->host_address());
    if (place.host.ends_with('.')) place.host.pop_back();
    place.port = view->port_number() != 0  ? std::to_string(view->port_number())
                 : place.scheme == "https" ? "443"
                                           : "80";
    place.address = address_of(place.host);
    return place;
}

std::string variable(const std::map<std::string, std::string>& environment, const char* small, const char* capital) {
    for (const char* name : {small, capital}) {
        const auto found = environment.find(name);
        if (found != environment.end() && !found->second.empty()) return found->second;
    }
    return {};
}

// "10.0.0.0/8", "fd00::/8"
bool in_network(const std::string& entry, const ip::address& address) {
    boost::system::error_code error;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(entry, error);
        if (error) return false;
        const ip::network_v4 single(address.to_v4(), 32);
        return single.is_subnet_of(network) || (network.prefix_length() == 32 && network.address() == address.to_v4());
    }
    const auto network = ip::make_network_v6(entry, error);
    if (error) return false;
    const ip::network_v6 single(address.to_v6(), 128);
    return single.is_subnet_of(network) || (network.prefix_length() == 128 && network.address() == address.to_v6());
}

bool entry_matches(std::string entry, const Place& place) {
    if (entry == "*") return true;
    if (entry.find('/') != std::string::npos) return place.address && in_network(entry, *place.address);
    // host:port; an IPv6 address with a port needs brackets
    const std::size_t colon = entry.rfind(':');
    const bool bracketed = entry.starts_with('[');
    const bool one_colon = colon != std::string::npos && entry.find(':') == colon;
    if (one_colon || (bracketed && colon != std::string::npos && colon > entry.find(']'))) {
        if (entry.substr(colon + 1) != place.port) return false;
        entry.resize(colon);
    }
    if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
    if (place.address) return address_of(entry) == place.address;
    if (entry.starts_with("*.")) entry.erase(0, 1);
    const std::string_view suffix =
        entry.starts_with('.') ? std::string_view(entry).substr(1) : std::string_view(entry);
    if (suffix.empty()) return false;
    if (place.host == suffix) return true;
    return place.host.size() > suffix.size() && place.host.ends_with(suffix) &&
           place.host[place.host.size() - suffix.size() - 1] == '.';
}

bool exempt(const std::string& no_proxy, const Place& place) {
    std::string entry;
    for (const char c : no_proxy + ",") {
        if (c != ',' && c != ' ' && c != '\t') {
            entry += c;
            continue;
        }
        if (!entry.empty() && entry_matches(lower(entry), place)) return true;
        entry.clear();
    }
    return false;
}

} // namespace

std::string proxy_for(const std::string& url, const std::map<std::string, std::string>& environment) {
    const auto place = place_of(url);
    if (!place || place->host.empty()) return {};
    // This very machine is never behind a proxy (Go's rule; curl would ask the proxy).
    if (place->host == "localhost" || (place->address && place->address->is_loopback())) return {};
    std::string proxy = place->scheme == "https" ? variable(environment, "https_proxy", "HTTPS_PROXY")
                                                 : variable(environment, "http_proxy", "HTTP_PROXY");
    if (proxy.empty() || exempt(variable(environment, "no_proxy", "NO_PROXY"), *place)) return {};
    if (proxy.find("://") == std::string::npos) proxy.insert(0, "http://");
    return proxy;
}

} // namespace kedge
