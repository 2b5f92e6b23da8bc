// Opens connections for the HTTP client: name, TCP or Unix socket, the proxy's CONNECT, TLS, all within one deadline.
// Nothing of a request has been sent when it fails.
#pragma once
#include "base/duration.h"
#include "io/deadline.h"
#include "io/origin.h"
#include "io/stop.h"
#include "io/stream.h"

#include <memory>
#include <optional>
#include <string>

namespace kedge {

class Dialer final {
public:
    // `stop`: once it is asked for, no name lookup is waited for. May be absent.
    Dialer(Origin origin, std::optional<Proxy> proxy, const std::string& ca_file, Stop* stop = nullptr);
    const Origin& origin() const { return origin_; }
    const std::optional<Proxy>& proxy() const { return proxy_; }

    std::unique_ptr<Stream> make_stream(const boost::asio::any_io_executor& executor) const;
    // Gives what went wrong in words, or nothing. `deadline`, set by the caller to `timeout`, closes the stream.
    Task<std::string> open(Stream& stream, const Deadline& deadline, Milliseconds timeout) const;

private:
    Task<std::string> connect(Stream& stream, const Deadline& deadline, Milliseconds timeout) const;
    Task<std::string> connect_unix(Stream& stream) const;
    Task<std::string> tunnel(Stream::Socket& socket) const;

    Origin origin_;
    std::optional<Proxy> proxy_;
    std::shared_ptr<boost::asio::ssl::context> tls_;
    Stop* stop_;
};

} // namespace kedge
