#include "notify/address.h"

#include <algorithm>
#include <string_view>

namespace kedge {

namespace {

constexpr std::size_t longest = 2000;

bool is_printable(char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '^' && c != '`' && c != '{' &&
           c != '|' && c != '}';
}

Address wrong(const char* why) {
    Address address;
    address.problem = std::string("its url ") + why;
    return address;
}

} // namespace

Address parse_address(const Secret& url, bool allow_insecure) {
    const std::string_view text = url.reveal();
    if (text.empty()) return wrong("is empty");
    if (text.size() > longest) return wrong("is longer than 2000 characters");
    if (!std::all_of(text.begin(), text.end(), is_printable)) return wrong("holds a character that no url has");
    const auto scheme = text.find("://");
    const auto name = scheme == std::string_view::npos ? std::string_view() : text.substr(0, scheme);
    if (name != "https" && name != "http") return wrong("does not begin with https://");
    if (name == "http" && !allow_insecure)
        return wrong("is plain http; use https, or allow it by networks: {allow_insecure: true}");
    const auto host = scheme + 3;
    const auto end = std::min(text.find_first_of("/?#", host), text.size());
    const auto authority = text.substr(host, end - host);
    if (authority.empty() || authority.front() == ':') return wrong("names no host");
    if (authority.find('@') != std::string_view::npos) return wrong("holds a user or a password");
    if (text.find('#') != std::string_view::npos) return wrong("has a fragment");
    Address address;
    address.origin = text.substr(0, end);
    auto target = std::string(text.substr(end));
    if (target.empty() || target.front() != '/') target.insert(0, "/");
    address.target = Secret(std::move(target));
    return address;
}

} // namespace kedge
