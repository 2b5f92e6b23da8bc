#include "serve/access.h"

#include "base/constant_time.h"
#include "base/glob.h"
#include "serve/http_words.h"

#include <algorithm>
#include <unistd.h>

namespace kedge {

namespace {

constexpr std::size_t most_user_characters = 200;

Problem unauthorized(const std::string& detail) {
    Problem problem{401, "unauthorized", detail};
    problem.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"kedge\"");
    return problem;
}

} // namespace

bool Caller::may_see(const std::string& unit) const {
    return units.empty() ||
           std::any_of(units.begin(), units.end(), [&](const auto& glob) { return glob_match(glob, unit); });
}

Access::Access(const ServeSettings& settings, Clock& clock) : settings_(settings), failures_(clock) {}

std::variant<Caller, Problem> Access::judge(const HttpRequest& request, const HttpPeer& peer) {
    if (peer.address.empty()) {
        if (peer.uid == ::getuid() || peer.uid == 0)
            return Caller{"local:" + std::to_string(peer.uid), Role::admin, {}};
        return Problem{403, "forbidden", "this socket is for the user that kedge runs as"};
    }
    const std::string authorization = "Authorization";
    for (const auto* header_name :
         {&authorization, &settings_.trusted_proxies.user_header, &settings_.trusted_proxies.role_header}) {
        const auto& name = *header_name;
        if (!name.empty() && count_headers(request.headers, name) > 1)
            return Problem{400, "ambiguous", "there is more than one " + name + " header"};
    }
    const auto& proxies = settings_.trusted_proxies;
    // First, for a proxy that has asked for a password passes it on.
    if (any_contains(proxies.addresses, peer.address) && !header(request.headers, proxies.user_header).empty())
        return by_proxy(request);
    if (count_headers(request.headers, "Authorization") > 0) return by_token(request, client_address(request, peer));
    if (settings_.tokens.empty() && proxies.addresses.empty() && is_loopback_address(peer.address))
        return Caller{"anonymous", Role::viewer, {}};
    return unauthorized("send `Authorization: Bearer TOKEN`; tokens are made in the settings, server.tokens");
}

std::variant<Caller, Problem> Access::by_token(const HttpRequest& request, const std::string& address) {
    const auto source = source_of(address);
    if (const auto wait = failures_.wait_for(source)) {
        Problem problem{429, "throttled", "too many wrong tokens came from this address"};
        problem.headers.emplace_back("Retry-After", std::to_string(wait->count() / 1000 + 1));
        return problem;
    }
    const std::string_view line = header(request.headers, "Authorization");
    constexpr std::string_view scheme = "bearer ";
    const bool bearer = line.size() > scheme.size() && lower_case(line.substr(0, scheme.size())) == scheme;
    const TokenSettings* found = nullptr;
    if (bearer) {
        const Digest given = sha256(line.substr(scheme.size()));
        // All of them are looked at, whichever fits: how long it takes says nothing.
        for (const auto& token : settings_.tokens) {
            if (equal_in_constant_time(given, token.sha256)) found = &token;
        }
    }
    if (found == nullptr) {
        failures_.failed(source);
        return unauthorized("this token is not known here");
    }
    failures_.succeeded(source);
    return Caller{"token:" + found->name, found->role, found->units};
}

std::variant<Caller, Problem> Access::by_proxy(const HttpRequest& request) const {
    const auto& proxies = settings_.trusted_proxies;
    const std::string user(header(request.headers, proxies.user_header));
    if (user.size() > most_user_characters) return Problem{400, "ambiguous", "the name of the user is too long"};
    std::optional<Role> role;
    for (const auto& word : words_of(header(request.headers, proxies.role_header))) {
        const auto known = proxies.roles.find(word);
        if (known != proxies.roles.end() && (!role || known->second > *role)) role = known->second;
    }
    if (!role) return Problem{403, "forbidden", "no role of this user is named in server.trusted_proxies.roles"};
    return Caller{"user:" + user, *role, {}};
}

bool Access::host_is_known(const HttpRequest& request, const HttpPeer& peer) const {
    if (peer.address.empty()) return true; // no browser speaks to a Unix socket
    if (count_headers(request.headers, "Host") > 1) return false;
    const auto host = host_of(header(request.headers, "Host"));
    const auto& hosts = settings_.hosts;
    if (std::find(hosts.begin(), hosts.end(), host) != hosts.end()) return true;
    if (host == "localhost" || is_loopback_address(host)) return true;
    // Elsewhere everybody must say who they are, which a page from elsewhere cannot.
    const bool local = settings_.listen && is_loopback_address(settings_.listen->address);
    return !local && hosts.empty();
}

std::string Access::client_address(const HttpRequest& request, const HttpPeer& peer) const {
    const auto& proxies = settings_.trusted_proxies.addresses;
    std::string address = peer.address;
    if (!any_contains(proxies, address)) return address;
    std::vector<std::string> hops; // a proxy may add a line of its own
    for (const auto& [name, value] : request.headers) {
        if (lower_case(name) != "x-forwarded-for") continue;
        for (auto& hop : words_of(value)) hops.push_back(std::move(hop));
    }
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        const bool is_address = Network::parse(*hop).has_value() && hop->find('/') == std::string::npos;
        if (!is_address) break;
        address = *hop;
        if (!any_contains(proxies, address)) break;
    }
    return address;
}

} // namespace kedge
