#include "base/repository_key.h"

namespace kedge {

namespace {

struct Place {
    std::string_view host; // without user and port
    std::string_view path; // either both are there or none
};

std::string_view bare_host(std::string_view authority) {
    if (const auto user = authority.rfind('@'); user != std::string_view::npos) authority.remove_prefix(user + 1);
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1); // no "]": all of it
    return authority.substr(0, authority.rfind(':'));
}

Place place_of(std::string_view url) {
    const auto scheme = url.find("://");
    const bool has_scheme = scheme != std::string_view::npos;
    if (has_scheme) url.remove_prefix(scheme + 3);
    const auto slash = url.find('/');
    auto end = slash;
    if (!has_scheme) {
        end = url.find(':'); // user@host:path
        if (end == std::string_view::npos || slash < end) return {};
    }
    if (end == std::string_view::npos) return {};
    auto path = url.substr(end + 1);
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    if (path.ends_with(".git")) path.remove_suffix(4);
    const auto host = bare_host(url.substr(0, end));
    if (host.empty() || path.empty()) return {};
    return {host, path};
}

} // namespace

std::string repository_key(std::string_view url) {
    const auto place = place_of(url);
    if (place.host.empty()) return {};
    auto key = std::string(place.host) + "/" + std::string(place.path);
    for (char& c : key) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return key;
}

std::string repository_path(std::string_view url) {
    return std::string(place_of(url).path);
}

} // namespace kedge
