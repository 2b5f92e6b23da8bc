// Sockets that a server listens on, TCP or Unix. For http_server.cpp.
#pragma once
#include "io/http_server.h"
#include "io/stream.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <sys/types.h>

namespace kedge {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

// What is listened on, and what must be undone when it ends.
class Listening final {
public:
    // Throws Failure(stop).
    Listening(EventLoop& loop, const HttpServerOptions& options);
    ~Listening() { close(); }
    Acceptor& acceptor() { return acceptor_; }
    std::uint16_t port() const { return port_; }
    void close(); // a Unix socket's file goes with it, unless another one has taken its place

private:
    void listen_tcp(const HttpServerOptions& options);
    void listen_unix(const std::string& path);

    Acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::string path_;
    ino_t file_ = 0;
};

HttpPeer peer_of(Stream::Socket& socket);

} // namespace kedge
