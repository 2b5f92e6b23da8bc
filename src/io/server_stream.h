// One accepted connection as a byte stream, plain (TCP or Unix socket) or TLS, behind one type. Leaves deadlines to the
// session, which cancels the socket; and the certificate of a TLS server, read anew when its files change.
#pragma once
#include "io/task.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace kedge {

class ServerStream {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Error = boost::system::error_code;
    using Parts = std::array<boost::asio::const_buffer, 2>;
    virtual ~ServerStream() = default;
    virtual Socket& socket() = 0;
    virtual Task<bool> handshake() = 0; // plain streams have nothing to do
    // What can be sent without waiting; 0 where that is not known.
    virtual std::size_t write_now(const Parts& parts, Error& error) = 0;
    virtual Task<std::size_t> write(Parts parts, Error& error) = 0;
    virtual Task<std::size_t> read(boost::asio::mutable_buffer space, Error& error) = 0;

    // False where the client has sent anything, be it only that it ends.
    bool is_quiet();
};

std::unique_ptr<ServerStream> make_server_stream(ServerStream::Socket socket);
std::unique_ptr<ServerStream> make_tls_server_stream(ServerStream::Socket socket, boost::asio::ssl::context& context);

// The certificate (a chain) and the key of a TLS server, PEM. Files that changed are read at the next connection; ones
// that do not fit are complained of once, and what was good goes on.
class ServerCertificate final {
public:
    using Complain = std::function<void(const std::string& problem)>;
    // Throws Failure(stop) where the files cannot be used.
    ServerCertificate(std::string certificate_file, std::string key_file, Complain complain);
    std::shared_ptr<boost::asio::ssl::context> context();

private:
    std::shared_ptr<boost::asio::ssl::context> read() const;
    std::string stamp() const;

    std::string certificate_file_;
    std::string key_file_;
    Complain complain_;
    std::string stamp_; // of the files when they were last read
    std::shared_ptr<boost::asio::ssl::context> context_;
};

} // namespace kedge
