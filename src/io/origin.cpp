#include "io/origin.h"

#include "base/failure.h"
#include "base/http_message.h"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <openssl/evp.h>
#include <string_view>
#include <sys/un.h>
#include <vector>

namespace kedge {

namespace {

constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

[[noreturn]] void refuse(std::string_view what, const std::string& url, const std::string& cause) {
    throw Failure(NextAction::stop, "http client: use " + std::string(what) + " \"" + scrub(url) + "\": " + cause);
}

template<class View>
std::string text_of(View view) {
    return {view.data(), view.size()};
}

boost::urls::url_view parse(std::string_view what, const std::string& url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (parsed.has_error()) refuse(what, url, "not a URL; write it like http://host:port");
    return *parsed;
}

std::string host_of(std::string_view what, const std::string& url, const boost::urls::url_view& view) {
    std::string host = view.host_address(); // decoded, without brackets
    for (const char c : host) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f || c == '/' || c == '@')
            refuse(what, url, "the host holds a character that none may hold");
    }
    if (host.empty()) refuse(what, url, "the host is missing");
    return host;
}

std::string port_of(std::string_view what, const std::string& url, const boost::urls::url_view& view,
                    std::string_view usual) {
    if (!view.has_port() || view.port().empty()) return std::string(usual);
    if (view.port_number() == 0) refuse(what, url, "the port must lie between 1 and 65535");
    return std::to_string(view.port_number());
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

Secret basic(const std::string& user, const std::string& password) {
    const std::string plain = user + ":" + password;
    std::vector<unsigned char> encoded(4 * ((plain.size() + 2) / 3) + 1);
    const auto* bytes = reinterpret_cast<const unsigned char*>(plain.data());
    const int length = EVP_EncodeBlock(encoded.data(), bytes, static_cast<int>(plain.size()));
    return Secret("Basic " + std::string(encoded.begin(), encoded.begin() + length));
}

} // namespace

std::string Origin::with_port() const {
    return bracketed(host) + ":" + port;
}

std::string Origin::place() const {
    return unix_socket.empty() ? with_port() : unix_socket;
}

Origin parse_origin(const std::string& base_url, const std::string& unix_socket) {
    constexpr std::string_view what = "base URL";
    const boost::urls::url_view view = parse(what, base_url);
    const std::string scheme = text_of(view.scheme());
    if (scheme != "http" && scheme != "https") refuse(what, base_url, "the scheme must be http or https");
    if (view.has_userinfo()) refuse(what, base_url, "credentials do not belong into a URL");
    if (view.has_query() || view.has_fragment()) refuse(what, base_url, "a base URL ends with its path");
    Origin origin;
    origin.tls = scheme == "https";
    const std::string_view usual = origin.tls ? "443" : "80";
    origin.host = host_of(what, base_url, view);
    origin.port = port_of(what, base_url, view, usual);
    origin.authority = origin.port == usual ? bracketed(origin.host) : origin.with_port();
    origin.base_path = text_of(view.encoded_path());
    while (origin.base_path.ends_with('/')) origin.base_path.pop_back();
    if (unix_socket.size() > longest_socket_path)
        refuse("socket", unix_socket, "its path is longer than " + std::to_string(longest_socket_path) + " bytes");
    origin.unix_socket = unix_socket;
    return origin;
}

Proxy parse_proxy(const std::string& url) {
    constexpr std::string_view what = "proxy";
    const boost::urls::url_view view = parse(what, url);
    if (text_of(view.scheme()) != "http") refuse(what, url, "only http:// proxies are spoken");
    Proxy proxy;
    proxy.host = host_of(what, url, view);
    proxy.port = port_of(what, url, view, "80");
    if (view.has_userinfo()) proxy.authorization = basic(view.user(), view.password());
    return proxy;
}

} // namespace kedge
