// A byte stream (TCP or a Unix socket), plain or TLS, to a server or from a client, behind one type: whoever speaks
// HTTP on it is compiled once. Leaves deadlines to the caller, who closes or cancels the socket from outside; a pending
// operation then ends with an error.
#pragma once
#include "io/task.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace kedge {

class Stream {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Error = boost::system::error_code;
    using Parts = std::array<boost::asio::const_buffer, 2>;
    virtual ~Stream() = default;
    virtual Socket& socket() = 0;
    // Plain streams have nothing to do. A text says why there is none: what is wrong with the server's certificate, or
    // that the connection ended. Its end tells the other side that it has heard all; nothing is waited for, and nothing
    // may be read or written afterwards.
    enum class Handshake { begin, end };
    virtual Task<void> handshake(Handshake which, std::string& problem) = 0;
    // What can be sent without waiting; 0 where that is not known.
    virtual std::size_t write_now(const Parts& parts, Error& error) = 0;
    virtual Task<std::size_t> write(Parts parts, Error& error) = 0;
    virtual Task<std::size_t> read(boost::asio::mutable_buffer space, Error& error) = 0;

    void close();
    // False where the other side has sent anything that was not read, be it only that it ends.
    bool is_quiet();
};

std::unique_ptr<Stream> make_plain_stream(const boost::asio::any_io_executor& executor);
std::unique_ptr<Stream> make_plain_stream(Stream::Socket accepted);
// Verifies the certificate and that it is for `host` (a name or an IP address).
std::unique_ptr<Stream> make_tls_stream(const boost::asio::any_io_executor& executor,
                                        boost::asio::ssl::context& context, const std::string& host);
std::unique_ptr<Stream> make_tls_stream(Stream::Socket accepted, boost::asio::ssl::context& context);
// For clients. TLS 1.2 or newer, peers verified against `ca_file` alone, or against the system's authorities where it
// is empty. Throws Failure(stop).
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& ca_file);

} // namespace kedge
