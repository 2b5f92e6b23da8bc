#include "io/server_stream.h"

#include "base/failure.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <utility>

namespace kedge {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

bool ServerStream::is_quiet() {
    char byte = 0;
    const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

namespace {

class PlainServerStream final : public ServerStream {
public:
    explicit PlainServerStream(Socket socket) : socket_(std::move(socket)) {
        Error ignored;
        socket_.non_blocking(true, ignored);
    }
    Socket& socket() override { return socket_; }
    Task<bool> handshake() override { co_return true; }

    std::size_t write_now(const Parts& parts, Error& error) override {
        const std::size_t count = socket_.write_some(parts, error);
        if (error == asio::error::would_block) error = {};
        return count;
    }

    Task<std::size_t> write(Parts parts, Error& error) override {
        return socket_.async_write_some(parts, asio::redirect_error(asio::use_awaitable, error));
    }

    Task<std::size_t> read(asio::mutable_buffer space, Error& error) override {
        return socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    }

private:
    Socket socket_;
};

class TlsServerStream final : public ServerStream {
public:
    TlsServerStream(Socket socket, ssl::context& context) : stream_(std::move(socket), context) {}
    Socket& socket() override { return stream_.next_layer(); }

    Task<bool> handshake() override {
        Error error;
        co_await stream_.async_handshake(ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
        co_return !error;
    }

    std::size_t write_now(const Parts&, Error&) override { return 0; }

    Task<std::size_t> write(Parts parts, Error& error) override {
        return stream_.async_write_some(parts, asio::redirect_error(asio::use_awaitable, error));
    }

    Task<std::size_t> read(asio::mutable_buffer space, Error& error) override {
        return stream_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    }

private:
    ssl::stream<Socket> stream_;
};

} // namespace

std::unique_ptr<ServerStream> make_server_stream(ServerStream::Socket socket) {
    return std::make_unique<PlainServerStream>(std::move(socket));
}

std::unique_ptr<ServerStream> make_tls_server_stream(ServerStream::Socket socket, ssl::context& context) {
    return std::make_unique<TlsServerStream>(std::move(socket), context);
}

ServerCertificate::ServerCertificate(std::string certificate_file, std::string key_file, Complain complain)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)), complain_(std::move(complain)),
      stamp_(stamp()), context_(read()) {}

std::shared_ptr<ssl::context> ServerCertificate::context() {
    std::string now = stamp();
    if (now == stamp_) return context_;
    stamp_ = std::move(now);
    try {
        context_ = read();
    } catch (const Failure& failure) {
        // Half-written files are normal for a moment: the next connection looks again when they have changed.
        if (complain_) complain_(failure.what());
    }
    return context_;
}

std::shared_ptr<ssl::context> ServerCertificate::read() const {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    ServerStream::Error error;
    const auto check = [&error](const char* attempt, const std::string& file, const char* hint) {
        if (!error) return;
        throw Failure(NextAction::stop,
                      std::string("http server: ") + attempt + " \"" + file + "\": " + error.message() + "; " + hint);
    };
    // Nobody is at the terminal to be asked for a pass phrase.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
    context->use_certificate_chain_file(certificate_file_, error);
    check("read the certificate", certificate_file_, "it must be a readable PEM file, the server's own one first");
    context->use_private_key_file(key_file_, ssl::context::pem, error);
    check("read the key", key_file_, "it must be a readable PEM file without a pass phrase, and the certificate's own");
    return context;
}

std::string ServerCertificate::stamp() const {
    std::string all;
    for (const auto* file : {&certificate_file_, &key_file_}) {
        struct stat status {};
        if (::stat(file->c_str(), &status) == 0) {
            for (const auto part :
                 {static_cast<long long>(status.st_ino), static_cast<long long>(status.st_size),
                  static_cast<long long>(status.st_mtim.tv_sec), static_cast<long long>(status.st_mtim.tv_nsec)})
                all += std::to_string(part) + " ";
        }
        all += "/";
    }
    return all;
}

} // namespace kedge
