#include "io/beast_client.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "io/run.h"
#include "tests/io/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

constexpr const char* ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

HttpRequest request_of(std::string method, std::string target = "/a", std::string body = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    return request;
}

class BeastClientTest : public testing::Test {
protected:
    std::string url(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

    void connect_to(std::uint16_t port) {
        options.base_url = url(port);
        client = std::make_unique<BeastClient>(options);
    }

    // A server that is scripted byte by byte.
    void script(RawServer::Script what) {
        raw = std::make_unique<RawServer>(loop, std::move(what));
        connect_to(raw->port());
    }

    HttpOutcome send(HttpRequest request) { return run_to_end(loop, client->send(std::move(request))); }

    EventLoop loop;
    BeastClientOptions options;
    std::unique_ptr<RawServer> raw;
    std::unique_ptr<BeastClient> client;
};

// Answers `answers` requests on each connection, then ends it.
RawServer::Script answer_times(int answers, std::string answer = ok) {
    return [answers, answer](RawPeer& peer, int) -> Task<void> {
        for (int i = 0; i < answers; ++i) {
            const std::string head = co_await peer.read_until("\r\n\r\n");
            if (head.empty()) co_return;
            co_await peer.write(answer);
        }
        peer.close();
    };
}

// Answers each request with these bytes and ends the connection.
RawServer::Script say(std::string bytes) {
    return answer_times(1, std::move(bytes));
}

} // namespace

TEST_F(BeastClientTest, sends_what_a_server_needs_and_the_base_path) {
    std::string seen;
    raw = std::make_unique<RawServer>(loop, [&](RawPeer& peer, int) -> Task<void> {
        seen = co_await peer.read_until("\r\n\r\nhello");
        co_await peer.write(ok);
    });
    options.base_url = url(raw->port()) + "/api/svc/";
    options.credentials.push_back({"Authorization", "Bearer ", Secret("t0ken")});
    options.credentials.push_back({"X-Api-Key", "", Secret("k3y")});
    options.credentials.push_back({"X-Nothing", "", Secret()});
    client = std::make_unique<BeastClient>(options);
    HttpRequest request = request_of("PUT", "/v1/x?y=%20", "hello");
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("content-length", "999");
    const HttpOutcome outcome = send(request);
    EXPECT_EQ(outcome.delivery, Delivery::answered);
    EXPECT_EQ(outcome.response.status, 200);
    EXPECT_EQ(outcome.response.body, "ok");
    EXPECT_EQ(seen, "PUT /api/svc/v1/x?y=%20 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(raw->port()) +
                        "\r\nUser-Agent: kedge\r\nAccept: application/json\r\nAuthorization: Bearer t0ken\r\n"
                        "X-Api-Key: k3y\r\n"
                        "Content-Type: application/json\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_F(BeastClientTest, headers_of_the_caller_go_before_the_usual_ones) {
    std::string seen;
    script([&](RawPeer& peer, int) -> Task<void> {
        seen = co_await peer.read_until("\r\n\r\n");
        co_await peer.write(ok);
    });
    HttpRequest request = request_of("GET");
    request.headers.emplace_back("accept", "text/plain");
    request.headers.emplace_back("user-agent", "other");
    EXPECT_EQ(send(request).delivery, Delivery::answered);
    EXPECT_THAT(seen, HasSubstr("accept: text/plain\r\nuser-agent: other\r\n"));
    EXPECT_THAT(seen, testing::Not(HasSubstr("application/json")));
    EXPECT_THAT(seen, testing::Not(HasSubstr("Content-Length")));
}

TEST_F(BeastClientTest, connections_are_kept_and_used_again) {
    auto handler = [](HttpRequest request) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.body = request.body;
        co_return answer;
    };
    HttpServer server(loop, {}, handler);
    connect_to(server.port());
    int right = 0;
    auto job = [&](std::size_t i) -> Task<void> {
        HttpRequest request = request_of("PUT", "/x", std::string(i * 100, 'b'));
        const HttpOutcome outcome = co_await client->send(std::move(request));
        if (outcome.delivery == Delivery::answered && outcome.response.body.size() == i * 100) ++right;
    };
    run_to_end(loop, for_each_index(500, 8, job));
    EXPECT_EQ(right, 500);
    EXPECT_EQ(client->counters().requests, 500U);
    EXPECT_EQ(client->counters().connections, 8U);
}

TEST_F(BeastClientTest, no_more_than_most_idle_are_kept) {
    auto handler = [](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        co_return answer;
    };
    HttpServer server(loop, {}, handler);
    options.most_idle = 1;
    connect_to(server.port());
    // Both are under way at once, so one of the two connections is not kept.
    auto job = [&](std::size_t) -> Task<void> { co_await client->send(request_of("GET")); };
    run_to_end(loop, for_each_index(2, 2, job));
    run_to_end(loop, for_each_index(2, 2, job));
    EXPECT_EQ(client->counters().connections, 3U);
}

TEST_F(BeastClientTest, a_server_that_closes_is_left) {
    script(say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(send(request_of("POST")).delivery, Delivery::answered);
    EXPECT_EQ(send(request_of("POST")).delivery, Delivery::answered);
    EXPECT_EQ(raw->connections(), 2);
}

TEST_F(BeastClientTest, an_idempotent_request_is_sent_again_when_its_kept_connection_had_died) {
    script(answer_times(1));
    for (const char* method : {"GET", "PUT", "DELETE", "HEAD"}) {
        EXPECT_EQ(send(request_of(method)).delivery, Delivery::answered) << method;
    }
}

TEST_F(BeastClientTest, it_is_sent_again_once_only_and_never_on_a_new_connection) {
    script([](RawPeer& peer, int number) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        if (number == 0) {
            co_await peer.write(ok);
            co_await peer.read_until("\r\n\r\n");
        }
        peer.reset();
    });
    EXPECT_EQ(send(request_of("GET")).delivery, Delivery::answered);
    const HttpOutcome outcome = send(request_of("GET"));
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
    EXPECT_THAT(outcome.error, HasSubstr("before an answer"));
    EXPECT_EQ(raw->connections(), 2);
}

TEST_F(BeastClientTest, a_second_try_that_finds_nobody_leaves_the_first_unknown) {
    script([this](RawPeer& peer, int) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        co_await peer.write(ok);
        co_await peer.read_until("\r\n\r\n");
        raw.reset(); // nobody listens any more
        peer.close();
    });
    EXPECT_EQ(send(request_of("PUT")).delivery, Delivery::answered);
    const HttpOutcome outcome = send(request_of("PUT"));
    EXPECT_EQ(outcome.delivery, Delivery::unknown) << "the first server may have done it";
    EXPECT_THAT(outcome.error, HasSubstr("Connection refused"));
}

TEST_F(BeastClientTest, a_post_is_not_repeated) {
    int posts = 0;
    script([&](RawPeer& peer, int) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        co_await peer.write(ok);
        const std::string second = co_await peer.read_until("\r\n\r\n");
        if (!second.empty()) ++posts;
        peer.close();
    });
    EXPECT_EQ(send(request_of("POST")).delivery, Delivery::answered);
    EXPECT_EQ(send(request_of("POST")).delivery, Delivery::unknown);
    EXPECT_EQ(posts, 1);
    EXPECT_EQ(raw->connections(), 1);
}

TEST_F(BeastClientTest, a_post_goes_around_a_kept_connection_that_is_seen_to_be_dead) {
    SystemClock clock;
    script(answer_times(1));
    EXPECT_EQ(send(request_of("POST")).delivery, Delivery::answered);
    run_to_end(loop, clock.sleep(Milliseconds(5))); // its end arrives
    EXPECT_EQ(send(request_of("POST")).delivery, Delivery::answered);
    EXPECT_EQ(raw->connections(), 2);
}

TEST_F(BeastClientTest, a_refused_connection_was_not_sent) {
    connect_to(closed_port(loop));
    const HttpOutcome outcome = send(request_of("PUT"));
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_EQ(outcome.error, "\"" + options.base_url.substr(7) + "\": Connection refused");
    EXPECT_EQ(client->counters().connections, 0U);
}

TEST_F(BeastClientTest, a_name_that_does_not_exist_was_not_sent) {
    options.base_url = "http://nowhere.invalid/";
    client = std::make_unique<BeastClient>(options);
    EXPECT_EQ(send(request_of("PUT")).delivery, Delivery::not_sent);
}

TEST_F(BeastClientTest, a_name_is_looked_up) {
    script(answer_times(3));
    options.base_url = "http://localhost:" + std::to_string(raw->port());
    client = std::make_unique<BeastClient>(options);
    const HttpOutcome outcome = send(request_of("GET"));
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
}

TEST_F(BeastClientTest, a_cut_answer_is_unknown) {
    for (const char* bytes :
         {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", "HTTP/1.1 200 OK\r\nContent-Le",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n", "HTTP/1.1 200 OK\r\n\r\n "}) {
        script(say(bytes));
        const HttpOutcome outcome = send(request_of("GET"));
        if (std::string(bytes).ends_with("\r\n\r\n ")) {
            EXPECT_EQ(outcome.delivery, Delivery::answered) << "a body without a length ends with the connection";
            EXPECT_EQ(outcome.response.body, " ");
            continue;
        }
        EXPECT_EQ(outcome.delivery, Delivery::unknown) << bytes;
        EXPECT_THAT(outcome.error, HasSubstr("the connection ended in the middle of the answer")) << bytes;
        EXPECT_EQ(outcome.response, HttpResponse()) << bytes;
    }
}

TEST_F(BeastClientTest, what_is_not_http_is_unknown) {
    for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12"}) {
        script(say(bytes));
        const HttpOutcome outcome = send(request_of("GET"));
        EXPECT_EQ(outcome.delivery, Delivery::unknown) << bytes;
        EXPECT_THAT(outcome.error, HasSubstr("the answer is not HTTP/1.1: ")) << bytes;
    }
}

TEST_F(BeastClientTest, bytes_after_an_answer_end_the_connection) {
    script([](RawPeer& peer, int) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        co_await peer.write(std::string(ok) + "HTTP/1.1 500 Not Yours\r\nContent-Length: 0\r\n\r\n");
        co_await peer.read_to_end();
    });
    EXPECT_EQ(send(request_of("GET")).response.status, 200);
    EXPECT_EQ(send(request_of("GET")).response.status, 200);
    EXPECT_EQ(raw->connections(), 2);
}

TEST_F(BeastClientTest, a_reset_before_the_answer_is_unknown) {
    script([](RawPeer& peer, int) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        peer.reset();
    });
    const HttpOutcome outcome = send(request_of("GET"));
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
    EXPECT_THAT(outcome.error, HasSubstr("Connection reset by peer, before an answer"));
    EXPECT_EQ(raw->connections(), 1) << "only kept connections are tried again";
}

TEST_F(BeastClientTest, a_silent_server_has_a_deadline) {
    options.request_timeout = Milliseconds(30);
    script([](RawPeer& peer, int) -> Task<void> { co_await peer.read_to_end(); });
    const HttpOutcome outcome = send(request_of("GET"));
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
    EXPECT_THAT(outcome.error, HasSubstr("no whole answer within 30ms"));
    EXPECT_EQ(raw->connections(), 1);
}

TEST_F(BeastClientTest, a_dripping_server_does_not_move_the_deadline) {
    options.request_timeout = Milliseconds(50);
    SystemClock clock;
    script([&](RawPeer& peer, int) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        co_await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (bool there = true; there;) {
            co_await clock.sleep(Milliseconds(5));
            there = co_await peer.write("x");
        }
    });
    EXPECT_EQ(send(request_of("GET")).delivery, Delivery::unknown);
}

TEST_F(BeastClientTest, a_server_that_does_not_read_has_a_deadline) {
    options.request_timeout = Milliseconds(50);
    SystemClock clock;
    script([&](RawPeer&, int) -> Task<void> { co_await clock.sleep(Milliseconds(500)); });
    const HttpOutcome outcome = send(request_of("PUT", "/a", std::string(20'000'000, 'x')));
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
    EXPECT_THAT(outcome.error, HasSubstr("no whole answer within 50ms"));
}

TEST_F(BeastClientTest, an_answer_over_the_limit_is_unknown) {
    options.most_body_bytes = 10;
    script(say("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890"));
    const HttpOutcome outcome = send(request_of("GET"));
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
    EXPECT_THAT(outcome.error, HasSubstr("the answer is larger than 10 bytes"));
    script(say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"));
    EXPECT_EQ(send(request_of("GET")).delivery, Delivery::answered);
}

TEST_F(BeastClientTest, interim_answers_are_passed_over) {
    script(say(std::string("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n") + ok));
    const HttpOutcome outcome = send(request_of("PUT", "/a", "body"));
    EXPECT_EQ(outcome.response.status, 200);
    EXPECT_EQ(outcome.response.headers.size(), 1U);
}

TEST_F(BeastClientTest, answers_without_a_body_leave_the_connection_usable) {
    script(answer_times(2, "HTTP/1.1 204 No Content\r\n\r\n"));
    EXPECT_EQ(send(request_of("DELETE")).response.status, 204);
    EXPECT_EQ(send(request_of("DELETE")).response.status, 204);
    EXPECT_EQ(raw->connections(), 1);
    script(answer_times(2, "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"));
    EXPECT_EQ(send(request_of("HEAD")).response.status, 200);
    EXPECT_EQ(send(request_of("HEAD")).response.status, 200);
    EXPECT_EQ(raw->connections(), 1);
}

TEST_F(BeastClientTest, an_answer_that_comes_before_the_whole_body_was_sent_is_heard) {
    script([](RawPeer& peer, int) -> Task<void> {
        co_await peer.read_until("\r\n\r\n");
        co_await peer.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        co_await peer.read_to_end();
    });
    EXPECT_EQ(send(request_of("PUT", "/a", std::string(5'000'000, 'x'))).response.status, 413);
}

TEST_F(BeastClientTest, what_could_smuggle_is_not_sent) {
    script(answer_times(1));
    HttpRequest header = request_of("GET");
    header.headers.emplace_back("X", "a\r\nY: b");
    EXPECT_EQ(send(header).error, "a header holds a character that none may hold");
    for (const char* target : {"", "a", "/a b", "/a\r\nX: y", "/\xc3\xa4", "/a#b"}) {
        const HttpOutcome outcome = send(request_of("GET", target));
        EXPECT_EQ(outcome.delivery, Delivery::not_sent) << target;
        EXPECT_EQ(outcome.error, "the target must start with '/' and be percent-encoded") << target;
    }
    EXPECT_EQ(send(request_of("GET /x")).delivery, Delivery::not_sent);
    EXPECT_EQ(raw->connections(), 0);
}

TEST_F(BeastClientTest, a_client_may_go_while_a_request_is_under_way) {
    script([](RawPeer& peer, int) -> Task<void> { co_await peer.read_to_end(); });
    SystemClock clock;
    auto leave = [&]() -> Task<void> {
        co_await clock.sleep(Milliseconds(5));
        client.reset();
    };
    options.request_timeout = Milliseconds(50);
    connect_to(raw->port());
    auto answer = client->send(request_of("GET"));
    boost::asio::co_spawn(loop, leave(), [](const std::exception_ptr&) {});
    EXPECT_EQ(run_to_end(loop, std::move(answer)).delivery, Delivery::unknown);
}
