#include "io/stream.h"

#include "base/failure.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <utility>

namespace kedge {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

void Stream::close() {
    Error ignored;
    socket().close(ignored);
}

bool Stream::is_quiet() {
    char byte = 0;
    const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

namespace {

class PlainStream final : public Stream {
public:
    explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}
    Socket& socket() override { return socket_; }
    Task<void> handshake(Handshake, std::string&) override { co_return; }

    std::size_t write_now(const Parts& parts, Error& error) override {
        if (!socket_.non_blocking()) socket_.non_blocking(true, error);
        if (error) return 0;
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

class TlsStream final : public Stream {
public:
    // Of a client to the server of that name.
    TlsStream(const asio::any_io_executor& executor, ssl::context& context, const std::string& host)
        : stream_(executor, context), role_(ssl::stream_base::client) {
        SSL* ssl = stream_.native_handle();
        boost::system::error_code not_an_address;
        asio::ip::make_address(host, not_an_address);
        if (not_an_address) {
            SSL_set_tlsext_host_name(ssl, host.c_str());
            SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
            SSL_set1_host(ssl, host.c_str());
        } else {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
        }
    }

    // Of a server to whoever has come.
    TlsStream(Socket accepted, ssl::context& context)
        : stream_(std::move(accepted), context), role_(ssl::stream_base::server) {}

    Socket& socket() override { return stream_.next_layer(); }

    Task<void> handshake(Handshake which, std::string& problem) override {
        Error error;
        if (which == Handshake::end) {
            // As if the other side had said the same: otherwise its word would be waited for.
            SSL_set_shutdown(stream_.native_handle(),
                             SSL_get_shutdown(stream_.native_handle()) | SSL_RECEIVED_SHUTDOWN);
            co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
            if (error) problem = error.message();
            co_return;
        }
        co_await stream_.async_handshake(role_, asio::redirect_error(asio::use_awaitable, error));
        if (!error) co_return;
        const long verdict = SSL_get_verify_result(stream_.native_handle());
        if (verdict != X509_V_OK)
            problem = std::string("the certificate is not accepted: ") + X509_verify_cert_error_string(verdict);
        else
            problem = error == asio::error::eof ? "the connection ended" : error.message();
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
    ssl::stream_base::handshake_type role_;
};

} // namespace

std::unique_ptr<Stream> make_plain_stream(const asio::any_io_executor& executor) {
    return std::make_unique<PlainStream>(Stream::Socket(executor));
}

std::unique_ptr<Stream> make_plain_stream(Stream::Socket accepted) {
    return std::make_unique<PlainStream>(std::move(accepted));
}

std::unique_ptr<Stream> make_tls_stream(const asio::any_io_executor& executor, ssl::context& context,
                                        const std::string& host) {
    return std::make_unique<TlsStream>(executor, context, host);
}

std::unique_ptr<Stream> make_tls_stream(Stream::Socket accepted, ssl::context& context) {
    return std::make_unique<TlsStream>(std::move(accepted), context);
}

std::shared_ptr<ssl::context> make_tls_context(const std::string& ca_file) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->set_verify_mode(ssl::verify_peer);
    const unsigned char http_1_1[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context->native_handle(), http_1_1, sizeof http_1_1 - 1);
    boost::system::error_code error;
    if (ca_file.empty())
        context->set_default_verify_paths(error);
    else
        context->load_verify_file(ca_file, error);
    if (!error) return context;
    const std::string name = ca_file.empty() ? "the system's authorities" : ca_file;
    throw Failure(NextAction::stop, "http client: read certificates \"" + name + "\": " + error.message() +
                                        "; it must be a readable PEM file");
}

} // namespace kedge
