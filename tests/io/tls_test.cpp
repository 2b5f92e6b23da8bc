#include "io/beast_client.h"
#include "io/run.h"
#include "tests/io/certificates.h"
#include "tests/io/raw_peer.h"

#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
namespace asio = boost::asio;
using asio::ip::tcp;
using TlsSocket = asio::ssl::stream<tcp::socket>;

namespace {

// Answers every read with "ok"; what it heard and which name was asked for (SNI) can be looked at.
class TlsServer final {
public:
    TlsServer(EventLoop& loop, const TestCertificate& certificate)
        : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          context_(asio::ssl::context::tls_server) {
        context_.use_certificate_chain_file(certificate.certificate_file);
        context_.use_private_key_file(certificate.key_file, asio::ssl::context::pem);
        asio::co_spawn(loop, accept(), asio::detached);
    }

    SSL_CTX* context() { return context_.native_handle(); }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::string heard;
    std::string name;
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    bool end_after_answer = false;
    bool tunnel = false; // first be an HTTP proxy
    std::string asked_of_proxy;
    int handshakes = 0;

private:
    Task<void> accept() {
        auto executor = co_await asio::this_coro::executor;
        for (;;) {
            boost::system::error_code error;
            tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            asio::co_spawn(executor, talk(std::move(socket)), asio::detached);
        }
    }

    Task<void> be_proxy(tcp::socket& socket) {
        char bytes[4096];
        const std::size_t count = co_await socket.async_read_some(asio::buffer(bytes), asio::use_awaitable);
        asked_of_proxy.assign(bytes, count);
        const std::string opened = "HTTP/1.1 200 Connection established\r\n\r\n";
        co_await socket.async_write_some(asio::buffer(opened), asio::use_awaitable);
    }

    Task<void> talk(tcp::socket socket) {
        if (tunnel) co_await be_proxy(socket);
        TlsSocket stream(std::move(socket), context_);
        boost::system::error_code error;
        co_await stream.async_handshake(TlsSocket::server, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        ++handshakes;
        const char* asked = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
        name = asked == nullptr ? "" : asked;
        char bytes[65536];
        for (;;) {
            const std::size_t count =
                co_await stream.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            heard.append(bytes, count);
            if (!heard.ends_with("\r\n\r\n") && !heard.ends_with("end")) continue;
            co_await stream.async_write_some(asio::buffer(answer), asio::redirect_error(asio::use_awaitable, error));
            if (end_after_answer) co_return; // without a close_notify
        }
    }

    tcp::acceptor acceptor_;
    asio::ssl::context context_;
};

class TlsTest : public testing::Test {
protected:
    void serve(const std::string& names = "DNS:localhost,IP:127.0.0.1") {
        authority = (folder.path() / "authority.pem").string();
        server = std::make_unique<TlsServer>(loop, make_certificate(authority, names));
        options.ca_file = authority;
        options.base_url = "https://localhost:" + std::to_string(server->port());
    }

    HttpOutcome send(std::string body = {}) {
        if (!client) client = std::make_unique<BeastClient>(options);
        HttpRequest request;
        request.method = body.empty() ? "GET" : "PUT";
        request.target = "/";
        request.body = std::move(body);
        return run_to_end(loop, client->send(std::move(request)));
    }

    TemporaryFolder folder;
    EventLoop loop;
    std::string authority;
    BeastClientOptions options;
    std::unique_ptr<TlsServer> server;
    std::unique_ptr<BeastClient> client;
};

} // namespace

TEST_F(TlsTest, a_certificate_of_the_named_authority_is_good_and_the_connection_is_kept) {
    serve();
    for (int i = 0; i < 3; ++i) {
        const HttpOutcome outcome = send();
        EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    }
    EXPECT_EQ(server->name, "localhost");
    EXPECT_EQ(client->counters().connections, 1U);
    EXPECT_EQ(client->counters().requests, 3U);
}

TEST_F(TlsTest, large_bodies_arrive_whole) {
    serve();
    const std::string body = std::string(1'000'000, 'x') + "end";
    const HttpOutcome outcome = send(body);
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_TRUE(server->heard.ends_with(body));
}

TEST_F(TlsTest, an_address_is_matched_too_and_has_no_server_name) {
    serve();
    options.base_url = "https://127.0.0.1:" + std::to_string(server->port());
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_EQ(server->name, "");
}

TEST_F(TlsTest, an_unknown_authority_is_refused_before_anything_is_sent) {
    serve();
    const std::string other = (folder.path() / "other.pem").string();
    make_certificate(other, "DNS:localhost");
    options.ca_file = other;
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_THAT(outcome.error, HasSubstr("the certificate is not accepted: "));
    client.reset();
    options.ca_file.clear(); // nor do the system's authorities know it
    EXPECT_EQ(send().delivery, Delivery::not_sent);
    EXPECT_EQ(server->heard, "");
}

TEST_F(TlsTest, a_certificate_for_another_name_is_refused) {
    serve("DNS:other.example,IP:127.0.0.2");
    const HttpOutcome by_name = send();
    EXPECT_EQ(by_name.delivery, Delivery::not_sent);
    EXPECT_THAT(by_name.error, HasSubstr("the certificate is not accepted: hostname mismatch"));
    client.reset();
    options.base_url = "https://127.0.0.1:" + std::to_string(server->port());
    const HttpOutcome by_address = send();
    EXPECT_EQ(by_address.delivery, Delivery::not_sent);
    EXPECT_THAT(by_address.error, HasSubstr("the certificate is not accepted: IP address mismatch"));
    EXPECT_EQ(server->heard, "");
}

TEST_F(TlsTest, versions_before_1_2_are_refused) {
    serve();
    SSL_CTX_set_security_level(server->context(), 0);
    SSL_CTX_set_min_proto_version(server->context(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server->context(), TLS1_1_VERSION);
    EXPECT_EQ(send().delivery, Delivery::not_sent);
    EXPECT_EQ(server->handshakes, 0);
    SSL_CTX_set_max_proto_version(server->context(), TLS1_2_VERSION);
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
}

TEST_F(TlsTest, a_server_that_speaks_no_tls_was_not_sent_anything) {
    RawServer plain(loop, [](RawPeer& peer, int) -> Task<void> {
        co_await peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        peer.close();
    });
    serve();
    options.base_url = "https://localhost:" + std::to_string(plain.port());
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_THAT(outcome.error, HasSubstr("wrong version number"));
}

TEST_F(TlsTest, a_handshake_that_stalls_has_the_deadline_of_connecting) {
    RawServer silent(loop, [](RawPeer& peer, int) -> Task<void> { co_await peer.read_to_end(); });
    serve();
    options.base_url = "https://localhost:" + std::to_string(silent.port());
    options.connect_timeout = Milliseconds(40);
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_THAT(outcome.error, HasSubstr("no connection within 40ms"));
}

TEST_F(TlsTest, a_kept_connection_that_died_is_replaced) {
    serve();
    server->end_after_answer = true;
    EXPECT_EQ(send().delivery, Delivery::answered);
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_EQ(client->counters().connections, 2U);
}

TEST_F(TlsTest, a_body_without_a_length_must_be_ended_properly) {
    serve();
    server->answer = "HTTP/1.1 200 OK\r\n\r\nhalf of a";
    server->end_after_answer = true;
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::unknown) << "anybody on the way could have cut it";
    EXPECT_THAT(outcome.error, HasSubstr("the connection ended in the middle of the answer"));
}

TEST_F(TlsTest, through_a_proxy_the_certificate_is_still_the_servers) {
    serve();
    server->tunnel = true;
    options.proxy = "http://127.0.0.1:" + std::to_string(server->port());
    options.base_url = "https://localhost:9";
    options.credentials.push_back({"Authorization", "Bearer ", Secret("t0ken")});
    const HttpOutcome outcome = send();
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_EQ(server->asked_of_proxy, "CONNECT localhost:9 HTTP/1.1\r\nHost: localhost:9\r\n\r\n");
    EXPECT_THAT(server->heard, HasSubstr("GET / HTTP/1.1\r\nHost: localhost:9\r\n"));
}
