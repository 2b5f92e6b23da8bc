// What encryption adds to a server: refusals that are heard, ends that are told from cuts, and deadlines that no
// operation between two others can lose.
#include "io/beast_client.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "io/run.h"
#include "io/server_session.h"
#include "tests/io/certificates.h"
#include "tests/io/raw_peer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

using namespace kedge;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
namespace asio = boost::asio;

namespace {

constexpr const char* last_request = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

struct Heard {
    std::string text;
    boost::system::error_code end; // eof: the server said that this was all
};

class HttpServerTlsTest : public testing::Test {
protected:
    HttpServerTlsTest() {
        authority = folder.path() / "ca.pem";
        const auto made = make_certificate(authority, "DNS:localhost");
        options.certificate_file = made.certificate_file;
        options.key_file = made.key_file;
    }

    void serve() {
        server = std::make_unique<HttpServer>(loop, options, [this](HttpRequest) -> Task<ServerAnswer> {
            ServerAnswer answer;
            answer.response.status = 200;
            answer.response.body = "body";
            answer.connection = connection;
            answer.stream = stream;
            co_return answer;
        });
    }

    HttpOutcome ask() {
        BeastClientOptions wanted;
        wanted.base_url = "https://localhost:" + std::to_string(server->port());
        wanted.ca_file = authority;
        BeastClient client(wanted);
        HttpRequest request;
        request.method = "GET";
        request.target = "/";
        return run_to_end(loop, client.send(request));
    }

    // Sends this and reads until the connection ends, however it ends.
    Heard talk(std::string text) {
        const auto context = make_tls_context(authority);
        const auto peer = make_tls_stream(loop.get_executor(), *context, "localhost");
        auto speak = [&]() -> Task<Heard> {
            Heard heard;
            const asio::ip::tcp::endpoint loopback(asio::ip::address_v4::loopback(), server->port());
            const Stream::Socket::endpoint_type there(loopback);
            co_await peer->socket().async_connect(there, asio::use_awaitable);
            std::string problem;
            co_await peer->handshake(Stream::Handshake::begin, problem);
            const Stream::Parts parts{asio::buffer(text), asio::const_buffer()};
            if (!text.empty()) co_await peer->write(parts, heard.end);
            std::vector<char> space(4096);
            while (!heard.end) {
                const auto buffer = asio::buffer(space);
                const std::size_t count = co_await peer->read(buffer, heard.end);
                heard.text.append(space.data(), count);
            }
            co_return heard;
        };
        return run_to_end(loop, speak());
    }

    EventLoop loop;
    SystemClock clock;
    TemporaryFolder folder;
    std::string authority;
    HttpServerOptions options;
    ServerAnswer::Connection connection = ServerAnswer::Connection::keep;
    std::shared_ptr<AnswerStream> stream;
    std::unique_ptr<HttpServer> server;
};

} // namespace

TEST_F(HttpServerTlsTest, a_server_that_is_full_says_so_to_whoever_speaks_tls) {
    options.most_connections = 0;
    serve();
    const HttpOutcome outcome = ask();
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_EQ(outcome.response.status, 503);
    EXPECT_EQ(header(outcome.response.headers, "Retry-After"), "1");
    EXPECT_THAT(outcome.response.body, HasSubstr("too many connections"));
}

TEST_F(HttpServerTlsTest, a_client_that_is_turned_away_and_says_nothing_is_not_waited_for) {
    options.most_connections = 0;
    options.idle_timeout = Milliseconds(20);
    serve();
    auto silent = [&]() -> Task<std::string> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_return co_await peer.read_to_end();
    };
    EXPECT_EQ(run_to_end(loop, silent()), "");
    EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServerTlsTest, only_so_many_handshakes_are_spent_on_refusals) {
    options.most_connections = 0;
    serve();
    auto crowd = [&]() -> Task<std::size_t> {
        std::vector<RawPeer> peers;
        for (int i = 0; i < 48; ++i) {
            RawPeer peer = co_await RawPeer::connect(server->port());
            peers.push_back(std::move(peer));
        }
        const std::string ended = co_await peers.back().read_to_end();
        co_return server->connections();
    };
    EXPECT_EQ(run_to_end(loop, crowd()), 32u);
}

TEST_F(HttpServerTlsTest, the_end_of_an_answer_without_a_length_is_said) {
    stream = std::make_shared<AnswerStream>(loop, AnswerStreamOptions());
    stream->push(";one");
    stream->end();
    serve();
    const HttpOutcome outcome = ask();
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_EQ(outcome.response.body, "body;one");
}

TEST_F(HttpServerTlsTest, every_connection_that_the_server_ends_is_ended_properly) {
    options.idle_timeout = Milliseconds(50);
    serve();
    const Heard last = talk(last_request);
    EXPECT_THAT(last.text, EndsWith("body"));
    EXPECT_EQ(last.end, asio::error::eof);
    const Heard idle = talk("");
    EXPECT_EQ(idle.text, "");
    EXPECT_EQ(idle.end, asio::error::eof);
    const Heard slow = talk("GET / HT");
    EXPECT_THAT(slow.text, StartsWith("HTTP/1.1 408"));
    EXPECT_EQ(slow.end, asio::error::eof);
    const Heard wrong = talk("hello\r\n\r\n");
    EXPECT_THAT(wrong.text, StartsWith("HTTP/1.1 400"));
    EXPECT_EQ(wrong.end, asio::error::eof);
}

TEST_F(HttpServerTlsTest, what_was_cut_is_not_called_an_end) {
    connection = ServerAnswer::Connection::truncate;
    serve();
    const Heard cut = talk(last_request);
    EXPECT_THAT(cut.text, EndsWith("\r\n\r\nbo"));
    EXPECT_EQ(cut.end, asio::ssl::error::stream_truncated);
    server.reset();
    connection = ServerAnswer::Connection::keep;
    AnswerStreamOptions small;
    small.most_waiting_bytes = 3;
    stream = std::make_shared<AnswerStream>(loop, small);
    stream->push("more than fits");
    serve();
    EXPECT_EQ(talk(last_request).end, asio::ssl::error::stream_truncated) << "it missed a piece";
}

namespace {

// One more byte comes after the first ones, late, and with nothing pending at the socket while the deadline passes.
class LateStream final : public Stream {
public:
    LateStream(std::unique_ptr<Stream> real, Milliseconds late) : real_(std::move(real)), late_(late) {}
    Socket& socket() override { return real_->socket(); }
    Task<void> handshake(Handshake which, std::string& problem) override { return real_->handshake(which, problem); }
    std::size_t write_now(const Parts& parts, Error& error) override { return real_->write_now(parts, error); }
    Task<std::size_t> write(Parts parts, Error& error) override { return real_->write(parts, error); }
    Task<std::size_t> read(asio::mutable_buffer space, Error& error) override {
        if (++reads_ != 2) co_return co_await real_->read(space, error);
        const auto until = std::chrono::steady_clock::now() + late_;
        const auto executor = real_->socket().get_executor();
        while (std::chrono::steady_clock::now() < until) co_await asio::post(executor, asio::use_awaitable);
        *static_cast<char*>(space.data()) = 'T';
        co_return 1;
    }

private:
    std::unique_ptr<Stream> real_;
    Milliseconds late_;
    int reads_ = 0;
};

} // namespace

TEST(ServerSessionTest, a_deadline_that_passes_between_two_operations_is_not_lost) {
    EventLoop loop;
    HttpServerOptions options;
    options.idle_timeout = Milliseconds(20);
    const HttpServer::PeerHandler nobody = [](HttpRequest, HttpPeer) -> Task<ServerAnswer> {
        co_return ServerAnswer();
    };
    SessionSetting setting{options, nobody};
    const auto deadlines = std::make_shared<Deadlines>(loop.get_executor());
    asio::ip::tcp::acceptor acceptor(loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    auto speak = [&]() -> Task<std::string> {
        RawPeer peer = co_await RawPeer::connect(acceptor.local_endpoint().port());
        co_await peer.write("GET / HT");
        Stream::Socket accepted(co_await acceptor.async_accept(asio::use_awaitable));
        auto plain = make_plain_stream(std::move(accepted));
        auto late = std::make_unique<LateStream>(std::move(plain), Milliseconds(60));
        ServerSession session(std::move(late), HttpPeer(), deadlines, setting);
        co_await session.run();
        co_return co_await peer.read_to_end();
    };
    EXPECT_THAT(run_to_end(loop, speak()), StartsWith("HTTP/1.1 408"));
}

TEST(DeadlineTest, an_expiry_is_said_again_until_somebody_acts) {
    EventLoop loop;
    const auto deadlines = std::make_shared<Deadlines>(loop.get_executor());
    int said = 0;
    Deadline* acts = nullptr;
    Deadline deadline(deadlines, [&] {
        if (++said == 3) acts->clear();
    });
    acts = &deadline;
    deadline.set(Milliseconds(1));
    loop.run(); // ends, because nothing is pending any more
    EXPECT_EQ(said, 3);
    EXPECT_TRUE(deadline.expired());
}
