#include "io/listen.h"

#include "base/failure.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace kedge {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = Stream::Error;

namespace {

void check(const std::string& place, const Error& error, const char* hint) {
    if (!error) return;
    throw Failure(NextAction::stop, "http server: listen on \"" + place + "\": " + error.message() + "; " + hint);
}

// A socket file that nobody listens on is what a killed process leaves behind.
void remove_left_over(EventLoop& loop, const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    Error error;
    asio::local::stream_protocol::socket probe(loop);
    probe.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error == asio::error::connection_refused) ::unlink(path.c_str());
}

} // namespace

Listening::Listening(EventLoop& loop, const HttpServerOptions& options) : acceptor_(loop) {
    if (options.unix_socket.empty()) {
        listen_tcp(options);
        return;
    }
    if (options.unix_socket.size() >= sizeof(sockaddr_un::sun_path)) {
        const Error error = asio::error::name_too_long;
        check(options.unix_socket, error, "the path of a socket has 107 characters at most");
    }
    remove_left_over(loop, options.unix_socket);
    listen_unix(options.unix_socket);
}

void Listening::listen_tcp(const HttpServerOptions& options) {
    const std::string place = options.address + ":" + std::to_string(options.port);
    Error error;
    const auto address = asio::ip::make_address(options.address, error);
    check(place, error, "give an IP address");
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    check(place, error, "is this address family there?");
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    check(place, error, "the socket cannot be set up");
    acceptor_.bind(endpoint, error);
    check(place, error, "is another process there already?");
    acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    check(place, error, "is another process there already?");
    const auto bound = acceptor_.local_endpoint();
    tcp::endpoint own;
    std::memcpy(own.data(), bound.data(), bound.size());
    own.resize(bound.size());
    port_ = own.port();
}

void Listening::listen_unix(const std::string& path) {
    const asio::local::stream_protocol::endpoint endpoint(path);
    Error error;
    acceptor_.open(endpoint.protocol(), error);
    check(path, error, "the socket cannot be set up");
    // On Linux the mode of a socket that is not bound yet becomes the mode of its file: it is never open to others.
    ::fchmod(acceptor_.native_handle(), S_IRUSR | S_IWUSR);
    acceptor_.bind(endpoint, error);
    check(path, error, "is its folder there and may kedge write to it? Is another process there already?");
    path_ = path;
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) file_ = status.st_ino;
    acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    check(path, error, "is another process there already?");
}

void Listening::close() {
    Error ignored;
    if (acceptor_.is_open()) acceptor_.close(ignored);
    struct stat status {};
    if (!path_.empty() && ::lstat(path_.c_str(), &status) == 0 && status.st_ino == file_) ::unlink(path_.c_str());
    path_.clear();
}

HttpPeer peer_of(Stream::Socket& socket) {
    HttpPeer peer;
    Error error;
    const auto end = socket.remote_endpoint(error);
    if (error) return peer;
    if (end.protocol().family() == AF_UNIX) {
        ucred who{};
        socklen_t size = sizeof who;
        // Nobody is user -1: whoever cannot be told has no rights.
        const bool known = ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0;
        peer.uid = known ? who.uid : static_cast<unsigned>(-1);
        return peer;
    }
    tcp::endpoint address;
    std::memcpy(address.data(), end.data(), std::min(end.size(), address.capacity()));
    address.resize(end.size());
    const auto ip = address.address();
    const bool mapped = ip.is_v6() && ip.to_v6().is_v4_mapped();
    peer.address = mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6()).to_string() : ip.to_string();
    return peer;
}

} // namespace kedge
