// What a server for strangers has beside the plain one: Unix sockets, TLS, more limits, answers that go on.
#include "base/failure.h"
#include "io/beast_client.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "io/run.h"
#include "tests/io/certificates.h"
#include "tests/io/raw_peer.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace kedge;
using testing::HasSubstr;
using testing::StartsWith;
namespace asio = boost::asio;

namespace {

Task<ServerAnswer> tell_peer(HttpRequest request, HttpPeer peer) {
    ServerAnswer answer;
    answer.response.status = 200;
    answer.response.body = request.target + "|" + peer.address + "|" + (peer.tls ? "tls" : "plain") + "|" +
                           std::to_string(peer.uid) + "|" + request.body;
    co_return answer;
}

constexpr const char* get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr const char* last_get = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

class HttpServerDoorTest : public testing::Test {
protected:
    void serve(HttpServer::PeerHandler handler = tell_peer) {
        server = std::make_unique<HttpServer>(loop, options, std::move(handler));
    }

    std::string talk(std::string bytes) { return run_to_end(loop, talk_task(server->port(), std::move(bytes))); }

    static Task<std::string> talk_task(std::uint16_t port, std::string bytes) {
        RawPeer peer = co_await RawPeer::connect(port);
        co_await peer.write(std::move(bytes));
        co_return co_await peer.read_to_end();
    }

    std::string talk_at_socket(const std::string& path) {
        auto ask = [&]() -> Task<std::string> {
            asio::local::stream_protocol::socket socket(loop);
            const asio::local::stream_protocol::endpoint there(path);
            co_await socket.async_connect(there, asio::use_awaitable);
            const std::string bytes = last_get;
            co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
            std::string text;
            boost::system::error_code end;
            co_await asio::async_read(socket, asio::dynamic_buffer(text),
                                      asio::redirect_error(asio::use_awaitable, end));
            co_return text;
        };
        return run_to_end(loop, ask());
    }

    HttpOutcome ask_with_tls(const std::string& ca_file) {
        BeastClientOptions wanted;
        wanted.base_url = "https://localhost:" + std::to_string(server->port());
        wanted.ca_file = ca_file;
        BeastClient client(wanted);
        HttpRequest request;
        request.method = "GET";
        request.target = "/tls";
        return run_to_end(loop, client.send(request));
    }

    EventLoop loop;
    SystemClock clock;
    TemporaryFolder folder;
    HttpServerOptions options;
    std::unique_ptr<HttpServer> server;
};

} // namespace

TEST_F(HttpServerDoorTest, a_handler_knows_the_address_of_its_peer) {
    serve();
    EXPECT_THAT(talk(last_get), HasSubstr("/a|127.0.0.1|plain|0|"));
}

TEST_F(HttpServerDoorTest, a_unix_socket_is_its_owners_and_knows_who_speaks) {
    options.unix_socket = folder.path() / "kedge.sock";
    serve();
    struct stat status {};
    ASSERT_EQ(::stat(options.unix_socket.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_THAT(talk_at_socket(options.unix_socket), HasSubstr("/a||plain|" + std::to_string(::getuid()) + "|"));
    server->stop();
    EXPECT_NE(::stat(options.unix_socket.c_str(), &status), 0) << "it goes with its server";
}

TEST_F(HttpServerDoorTest, a_socket_that_nobody_listens_on_is_replaced_and_one_in_use_is_not) {
    options.unix_socket = folder.path() / "kedge.sock";
    {
        asio::local::stream_protocol::acceptor killed(
            loop, asio::local::stream_protocol::endpoint(options.unix_socket)); // its file stays
    }
    serve();
    EXPECT_THAT(talk_at_socket(options.unix_socket), StartsWith("HTTP/1.1 200"));
    EXPECT_THROW(HttpServer(loop, options, HttpServer::PeerHandler(tell_peer)), Failure);
    EXPECT_THAT(talk_at_socket(options.unix_socket), StartsWith("HTTP/1.1 200")) << "the refused one took nothing";
}

TEST_F(HttpServerDoorTest, a_file_that_is_no_socket_is_left_alone) {
    options.unix_socket = folder.write("precious", "text");
    EXPECT_THROW(HttpServer(loop, options, HttpServer::PeerHandler(tell_peer)), Failure);
    EXPECT_TRUE(std::filesystem::is_regular_file(options.unix_socket));
    options.unix_socket = (folder.path() / std::string(200, 'x')).string();
    EXPECT_THROW(HttpServer(loop, options, HttpServer::PeerHandler(tell_peer)), Failure);
}

TEST_F(HttpServerDoorTest, tls_goes_on_with_a_new_certificate_once_its_files_changed) {
    const std::string first_ca = folder.path() / "first-ca.pem";
    const auto first = make_certificate(first_ca, "DNS:localhost");
    options.certificate_file = folder.path() / "server.pem";
    options.key_file = folder.path() / "server.key";
    std::filesystem::copy_file(first.certificate_file, options.certificate_file);
    std::filesystem::copy_file(first.key_file, options.key_file);
    std::vector<std::string> complaints;
    options.complain = [&](const std::string& problem) { complaints.push_back(problem); };
    serve();
    EXPECT_THAT(ask_with_tls(first_ca).response.body, HasSubstr("/tls|127.0.0.1|tls|"));

    const std::string other_ca = folder.path() / "second" / "ca.pem";
    std::filesystem::create_directories(folder.path() / "second");
    const auto second = make_certificate(other_ca, "DNS:localhost");
    folder.write("server.pem", "half a certificate");
    EXPECT_EQ(ask_with_tls(first_ca).delivery, Delivery::answered) << "what was good goes on";
    ASSERT_EQ(complaints.size(), 1u);
    EXPECT_THAT(complaints[0], HasSubstr("read the certificate"));

    const auto over = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(second.certificate_file, options.certificate_file, over);
    std::filesystem::copy_file(second.key_file, options.key_file, over);
    EXPECT_EQ(ask_with_tls(other_ca).delivery, Delivery::answered);
    EXPECT_EQ(ask_with_tls(first_ca).delivery, Delivery::not_sent);
}

TEST_F(HttpServerDoorTest, tls_does_not_start_without_a_certificate_and_its_key) {
    const auto good = make_certificate(folder.path() / "ca.pem", "DNS:localhost");
    options.certificate_file = good.certificate_file;
    options.key_file = folder.write("other.key", "no key");
    EXPECT_THROW(HttpServer(loop, options, HttpServer::PeerHandler(tell_peer)), Failure);
    options.certificate_file = folder.path() / "absent.pem";
    EXPECT_THROW(HttpServer(loop, options, HttpServer::PeerHandler(tell_peer)), Failure);
}

TEST_F(HttpServerDoorTest, a_client_that_speaks_no_tls_is_ended) {
    const auto good = make_certificate(folder.path() / "ca.pem", "DNS:localhost");
    options.certificate_file = good.certificate_file;
    options.key_file = good.key_file;
    serve();
    EXPECT_THAT(talk(last_get), testing::Not(HasSubstr("200 OK")));
}

TEST_F(HttpServerDoorTest, too_many_headers_are_431) {
    options.most_headers = 3;
    serve();
    EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: h\r\nA: 1\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"), StartsWith("HTTP/1.1 431"));
    options.most_header_bytes = 512;
    serve();
    EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: h\r\nA: " + std::string(600, 'x') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 431"));
}

TEST_F(HttpServerDoorTest, bodies_of_all_connections_together_are_bounded) {
    options.most_body_bytes_at_once = 6000;
    serve();
    auto crowd = [&]() -> Task<std::string> {
        RawPeer slow = co_await RawPeer::connect(server->port());
        const std::string part =
            "PUT /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 4001\r\n\r\n" + std::string(4000, 'x');
        co_await slow.write(part);
        co_await clock.sleep(Milliseconds(1));
        const std::string put =
            "PUT /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 4000\r\n\r\n" + std::string(4000, 'y');
        std::string refused;
        while (!refused.starts_with("HTTP/1.1 503")) refused = co_await talk_task(server->port(), put);
        co_await slow.write("x");
        const std::string slow_answer = co_await slow.read_until("xxx");
        const std::string served = co_await talk_task(server->port(), put);
        co_return refused + slow_answer.substr(0, 12) + served.substr(0, 12);
    };
    const auto text = run_to_end(loop, crowd());
    EXPECT_THAT(text, HasSubstr("Retry-After: 1\r\n"));
    EXPECT_THAT(text, HasSubstr("HTTP/1.1 200HTTP/1.1 200")) << "what was refused is not counted any more";
}

TEST_F(HttpServerDoorTest, the_client_that_is_waited_for_longest_makes_place_for_a_new_one) {
    options.most_connections = 2;
    options.evict_after = Milliseconds(1);
    serve();
    auto crowd = [&]() -> Task<std::string> {
        RawPeer slow = co_await RawPeer::connect(server->port());
        co_await slow.write("GET /slow HT");
        co_await clock.sleep(Milliseconds(2));
        RawPeer idle = co_await RawPeer::connect(server->port());
        co_await idle.write(get);
        co_await idle.read_until("/a|");
        co_await clock.sleep(Milliseconds(2));
        const std::string fresh = co_await talk_task(server->port(), last_get);
        const std::string ended = co_await slow.read_to_end();
        co_await idle.write(last_get);
        const std::string kept = co_await idle.read_to_end();
        co_return fresh.substr(0, 12) + "," + ended + "," + kept.substr(0, 40);
    };
    EXPECT_THAT(run_to_end(loop, crowd()), StartsWith("HTTP/1.1 200,,"));
}

TEST_F(HttpServerDoorTest, a_refused_connection_is_told_when_to_come_again) {
    options.most_connections = 0;
    serve();
    EXPECT_THAT(talk(""), testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: 1\r\n")));
}

namespace {

// Streams that a test holds in its hands.
class Streams {
public:
    explicit Streams(EventLoop& loop, AnswerStreamOptions options) : loop_(loop), options_(std::move(options)) {}
    HttpServer::PeerHandler handler() {
        return [this](HttpRequest, HttpPeer) -> Task<ServerAnswer> {
            ServerAnswer answer;
            answer.response.status = 200;
            answer.response.body = "begin;";
            answer.stream = std::make_shared<AnswerStream>(loop_, options_);
            answer.stream->on_left([this] { ++left; });
            stream = answer.stream;
            co_return answer;
        };
    }
    std::shared_ptr<AnswerStream> stream;
    int left = 0;

private:
    EventLoop& loop_;
    AnswerStreamOptions options_;
};

} // namespace

TEST_F(HttpServerDoorTest, a_stream_is_sent_piece_by_piece_until_it_ends) {
    Streams streams(loop, {});
    serve(streams.handler());
    auto listen = [&]() -> Task<std::string> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_await peer.write(get);
        std::string text = co_await peer.read_until("begin;");
        streams.stream->push("one;");
        text += co_await peer.read_until("one;");
        streams.stream->push("two;");
        streams.stream->end();
        text += co_await peer.read_to_end();
        co_return text;
    };
    const auto text = run_to_end(loop, listen());
    EXPECT_THAT(text, testing::EndsWith("Connection: close\r\n\r\nbegin;one;two;"));
    EXPECT_THAT(text, testing::Not(HasSubstr("Content-Length")));
    EXPECT_EQ(streams.left, 1);
}

TEST_F(HttpServerDoorTest, a_stream_whose_client_does_not_read_ends) {
    AnswerStreamOptions small;
    small.most_waiting_bytes = 100'000;
    Streams streams(loop, small);
    serve(streams.handler());
    auto ignore = [&]() -> Task<int> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_await peer.write(get);
        co_await peer.read_until("begin;");
        const std::string piece(50'000, 'x');
        int pushed = 0;
        while (!streams.stream->ended()) {
            streams.stream->push(piece);
            ++pushed;
            co_await clock.sleep(Milliseconds(0));
        }
        co_await peer.read_to_end();
        co_return pushed;
    };
    EXPECT_LT(run_to_end(loop, ignore()), 1000);
    EXPECT_TRUE(streams.stream->overflowed());
    EXPECT_EQ(streams.left, 1);
}

TEST_F(HttpServerDoorTest, a_client_that_leaves_a_silent_stream_is_noticed) {
    AnswerStreamOptions quick;
    quick.idle_text = ":\n\n";
    quick.idle_interval = Milliseconds(1);
    Streams streams(loop, quick);
    serve(streams.handler());
    auto leave = [&]() -> Task<int> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_await peer.write(get);
        co_await peer.read_until(":\n\n");
        peer.close();
        while (streams.left == 0) co_await clock.sleep(Milliseconds(1));
        co_return streams.left;
    };
    EXPECT_EQ(run_to_end(loop, leave()), 1);
}

TEST_F(HttpServerDoorTest, stopping_ends_a_stream) {
    Streams streams(loop, {});
    serve(streams.handler());
    auto listen = [&]() -> Task<std::string> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_await peer.write(get);
        co_await peer.read_until("begin;");
        server->stop();
        co_return co_await peer.read_to_end();
    };
    EXPECT_EQ(run_to_end(loop, listen()), "");
    loop.restart();
    loop.run(); // nothing is left that could keep it
    EXPECT_EQ(streams.left, 1);
}
