// What a command needs to speak to a daemon: a Unix socket instead of host and port, and answers that go on.
#include "base/failure.h"
#include "io/beast_client.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "io/run.h"
#include "tests/io/certificates.h"
#include "tests/io/raw_peer.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class BeastClientAtDaemon : public testing::Test {
protected:
    void serve(HttpServer::Handler handler) {
        options.unix_socket = folder.path() / "kedge.sock";
        server = std::make_unique<HttpServer>(loop, options, std::move(handler));
    }

    BeastClient& client() {
        if (!client_) {
            BeastClientOptions wanted;
            wanted.base_url = "http://kedge";
            wanted.unix_socket = folder.path() / "kedge.sock";
            wanted.proxy = "http://127.0.0.1:1"; // never for a socket
            client_ = std::make_unique<BeastClient>(wanted);
        }
        return *client_;
    }

    static HttpRequest get(const std::string& target) {
        HttpRequest request;
        request.method = "GET";
        request.target = target;
        return request;
    }

    HttpOutcome listen(BeastClient::OnPiece on_piece, Milliseconds silence = Milliseconds(5000)) {
        return run_to_end(loop, client().listen(get("/events"), std::move(on_piece), silence));
    }

    EventLoop loop;
    TemporaryFolder folder;
    HttpServerOptions options;
    std::unique_ptr<HttpServer> server;
    std::unique_ptr<BeastClient> client_;
};

Task<ServerAnswer> echo(HttpRequest request) {
    ServerAnswer answer;
    answer.response.status = 200;
    answer.response.body = std::string(header(request.headers, "Host")) + request.target + request.body;
    co_return answer;
}

} // namespace

TEST_F(BeastClientAtDaemon, speaks_at_a_unix_socket_and_keeps_the_connection) {
    serve(echo);
    for (int i = 0; i < 3; ++i) {
        const auto outcome = run_to_end(loop, client().send(get("/units")));
        ASSERT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
        EXPECT_EQ(outcome.response.body, "kedge/units");
    }
    EXPECT_EQ(client().counters().connections, 1U);
}

TEST_F(BeastClientAtDaemon, a_socket_that_nobody_listens_at_is_named) {
    const auto absent = run_to_end(loop, client().send(get("/units")));
    EXPECT_EQ(absent.delivery, Delivery::not_sent);
    EXPECT_THAT(absent.error, AllOf(HasSubstr("kedge.sock\": "), HasSubstr("No such file")));
    {
        const boost::asio::local::stream_protocol::endpoint there((folder.path() / "kedge.sock").string());
        boost::asio::local::stream_protocol::acceptor killed(loop, there); // its file stays
    }
    EXPECT_THAT(run_to_end(loop, client().send(get("/units"))).error, HasSubstr("Connection refused"));
}

TEST_F(BeastClientAtDaemon, a_path_that_no_socket_can_have_is_refused_at_once) {
    BeastClientOptions wanted;
    wanted.base_url = "http://kedge";
    wanted.unix_socket = "/" + std::string(200, 'x');
    EXPECT_THROW(BeastClient{wanted}, Failure);
}

TEST_F(BeastClientAtDaemon, an_answer_that_goes_on_is_heard_piece_by_piece) {
    serve([&](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.body = "first,";
        answer.stream = std::make_shared<AnswerStream>(loop, AnswerStreamOptions{});
        answer.stream->push("second,");
        answer.stream->push("third");
        answer.stream->end();
        co_return answer;
    });
    std::string heard;
    const auto outcome = listen([&](std::string_view piece) {
        heard += piece;
        return true;
    });
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_EQ(heard, "first,second,third");
    EXPECT_THAT(outcome.response.body, IsEmpty()) << "pieces are not kept";
}

TEST_F(BeastClientAtDaemon, whoever_has_heard_enough_leaves) {
    auto stream = std::make_shared<AnswerStream>(loop, AnswerStreamOptions{});
    serve([&](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.body = "first";
        answer.stream = stream; // never ends by itself
        co_return answer;
    });
    const auto outcome = listen([](std::string_view) { return false; });
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
}

TEST_F(BeastClientAtDaemon, silence_ends_what_goes_on) {
    auto stream = std::make_shared<AnswerStream>(loop, AnswerStreamOptions{});
    serve([&](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.body = "first";
        answer.stream = stream;
        co_return answer;
    });
    const auto outcome = listen([](std::string_view) { return true; }, Milliseconds(20));
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
    EXPECT_THAT(outcome.error, HasSubstr("nothing came for 20ms"));
}

TEST_F(BeastClientAtDaemon, a_refusal_instead_of_a_stream_comes_whole_and_bounded) {
    std::size_t size = 100;
    serve([&](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 503;
        answer.response.body = std::string(size, 'x');
        co_return answer;
    });
    bool heard = false;
    const auto on_piece = [&](std::string_view) { return heard = true; };
    const auto refused = listen(on_piece);
    EXPECT_EQ(refused.response.status, 503);
    EXPECT_EQ(refused.response.body.size(), size);
    EXPECT_FALSE(heard);
    client_.reset();
    BeastClientOptions small;
    small.base_url = "http://kedge";
    small.unix_socket = options.unix_socket;
    small.most_body_bytes = 1000;
    client_ = std::make_unique<BeastClient>(small);
    size = 100'000;
    EXPECT_THAT(listen(on_piece).error, HasSubstr("larger than 1000 bytes"));
}
