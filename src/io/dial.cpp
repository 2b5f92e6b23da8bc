#include "io/dial.h"

#include "io/message_parser.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

namespace kedge {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A name lookup cannot be cancelled (it sits in the system's resolver), so its waiter leaves it behind instead.
struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), waiting(executor) {}
    tcp::resolver resolver;
    asio::steady_timer waiting;
    std::vector<tcp::endpoint> endpoints;
    std::string problem = "the name lookup took too long";
    void leave() { waiting.cancel(); }
};

void look_up(const std::shared_ptr<Lookup>& lookup, const std::string& host, const std::string& port) {
    auto answered = [lookup](const ErrorCode& error, const tcp::resolver::results_type& results) {
        lookup->problem = error ? error.message() : std::string();
        for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
        lookup->waiting.cancel();
    };
    lookup->resolver.async_resolve(host, port, asio::ip::resolver_base::numeric_service, std::move(answered));
}

Task<std::vector<tcp::endpoint>> endpoints_of(const std::string& host, const std::string& port, Milliseconds timeout,
                                              Stop* stop, std::string& problem) {
    std::vector<tcp::endpoint> endpoints;
    ErrorCode not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        endpoints.emplace_back(address, static_cast<std::uint16_t>(std::stoul(port)));
        co_return endpoints;
    }
    auto executor = co_await asio::this_coro::executor;
    auto lookup = std::make_shared<Lookup>(executor);
    lookup->waiting.expires_after(timeout);
    look_up(lookup, host, port);
    const Stop::Listener heard(stop, [lookup] { lookup->leave(); });
    ErrorCode ignored;
    co_await lookup->waiting.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    problem = lookup->problem;
    endpoints = lookup->endpoints;
    co_return endpoints;
}

} // namespace

Dialer::Dialer(Origin origin, std::optional<Proxy> proxy, const std::string& ca_file, Stop* stop)
    : origin_(std::move(origin)), proxy_(std::move(proxy)), stop_(stop) {
    if (origin_.tls) tls_ = make_tls_context(ca_file);
}

std::unique_ptr<Stream> Dialer::make_stream(const asio::any_io_executor& executor) const {
    return tls_ ? make_tls_stream(executor, *tls_, origin_.host) : make_plain_stream(executor);
}

Task<std::string> Dialer::open(Stream& stream, const Deadline& deadline, Milliseconds timeout) const {
    std::string problem = co_await connect(stream, deadline, timeout);
    if (!problem.empty()) {
        const std::string place = proxy_ ? "proxy \"" + proxy_->host + ":" + proxy_->port + "\": " : std::string();
        co_return place + problem;
    }
    if (proxy_ && origin_.tls) problem = co_await tunnel(stream.socket());
    if (problem.empty()) co_await stream.handshake(Stream::Handshake::begin, problem);
    co_return problem;
}

Task<std::string> Dialer::connect(Stream& stream, const Deadline& deadline, Milliseconds timeout) const {
    if (!origin_.unix_socket.empty()) co_return co_await connect_unix(stream);
    const std::string& host = proxy_ ? proxy_->host : origin_.host;
    const std::string& port = proxy_ ? proxy_->port : origin_.port;
    std::string problem;
    const std::vector<tcp::endpoint> endpoints = co_await endpoints_of(host, port, timeout, stop_, problem);
    if (endpoints.empty() && problem.empty()) problem = "the name has no address";
    for (const tcp::endpoint& endpoint : endpoints) {
        if (deadline.expired()) break; // it closed the socket, which connecting would open again
        ErrorCode error;
        Stream::Socket& socket = stream.socket();
        if (socket.is_open()) socket.close(error);
        const Stream::Socket::endpoint_type there(endpoint);
        co_await socket.async_connect(there, asio::redirect_error(asio::use_awaitable, error));
        problem = error ? error.message() : std::string();
        if (!error) {
            socket.set_option(tcp::no_delay(true), error);
            break;
        }
        if (error == asio::error::operation_aborted) break;
    }
    co_return problem;
}

Task<std::string> Dialer::connect_unix(Stream& stream) const {
    const asio::local::stream_protocol::endpoint socket_file(origin_.unix_socket);
    const Stream::Socket::endpoint_type there(socket_file);
    ErrorCode error;
    co_await stream.socket().async_connect(there, asio::redirect_error(asio::use_awaitable, error));
    co_return error ? error.message() : std::string();
}

//   CONNECT host:443 HTTP/1.1
//   Host: host:443
//   Proxy-Authorization: Basic ...
Task<std::string> Dialer::tunnel(Stream::Socket& socket) const {
    std::string head = "CONNECT " + origin_.with_port() + " HTTP/1.1\r\n";
    append_header(head, "Host", origin_.with_port());
    if (!proxy_->authorization.empty()) append_header(head, "Proxy-Authorization", proxy_->authorization.reveal());
    head += "\r\n";
    ErrorCode error;
    for (std::string_view rest = head; !rest.empty() && !error;) {
        const asio::const_buffer bytes = asio::buffer(rest);
        const std::size_t sent =
            co_await socket.async_write_some(bytes, asio::redirect_error(asio::use_awaitable, error));
        rest.remove_prefix(sent);
    }
    ReadBuffer buffer;
    ResponseParser parser{MessageLimits{}};
    parser.skip(true); // whatever a good answer says, the tunnel follows its header
    while (!error && !parser.is_done()) {
        const std::size_t count =
            co_await socket.async_read_some(buffer.space(), asio::redirect_error(asio::use_awaitable, error));
        if (error) break;
        buffer.commit(count);
        error = feed(parser, buffer);
    }
    if (error) co_return "the proxy did not open a tunnel: " + error.message();
    const int status = parser.response.status;
    if (status < 200 || status > 299)
        co_return "the proxy did not open a tunnel: it answered " + std::to_string(status);
    if (!buffer.empty()) co_return "the proxy did not open a tunnel: it sent more than its answer";
    co_return std::string();
}

} // namespace kedge
