#include "base/failure.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "io/run.h"
#include "tests/io/raw_peer.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

Task<ServerAnswer> echo(HttpRequest request) {
    ServerAnswer answer;
    answer.response.status = 200;
    answer.response.headers.emplace_back("X-Method", request.method);
    answer.response.body = request.target + "|" + request.body;
    co_return answer;
}

class HttpServerTest : public testing::Test {
protected:
    void serve(HttpServer::Handler handler = echo) {
        server = std::make_unique<HttpServer>(loop, options, std::move(handler));
    }

    // What comes back for these bytes until the server ends the connection.
    std::string talk(std::string bytes) { return run_to_end(loop, talk_task(server->port(), std::move(bytes))); }

    static Task<std::string> talk_task(std::uint16_t port, std::string bytes) {
        RawPeer peer = co_await RawPeer::connect(port);
        co_await peer.write(std::move(bytes));
        co_return co_await peer.read_to_end();
    }

    EventLoop loop;
    HttpServerOptions options;
    std::unique_ptr<HttpServer> server;
};

constexpr const char* get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr const char* last_get = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

} // namespace

TEST_F(HttpServerTest, answers_with_the_length_of_the_body) {
    serve();
    EXPECT_EQ(talk(last_get),
              "HTTP/1.1 200 OK\r\nX-Method: GET\r\nContent-Length: 6\r\nConnection: close\r\n\r\n/last|");
}

TEST_F(HttpServerTest, several_requests_share_a_connection_even_when_sent_at_once) {
    serve();
    const std::string text =
        talk(std::string(get) + get + "PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz" + last_get);
    EXPECT_EQ(count(text, "HTTP/1.1 200 OK"), 4);
    EXPECT_NE(text.find("/b|xyz"), std::string::npos);
}

TEST_F(HttpServerTest, chunked_bodies_arrive_whole) {
    serve();
    const std::string text =
        talk("PUT /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    EXPECT_NE(text.find("/c|abcdefg"), std::string::npos) << text;
}

TEST_F(HttpServerTest, http_1_0_gets_one_answer) {
    serve();
    const std::string text = talk("GET /old HTTP/1.0\r\n\r\n");
    EXPECT_NE(text.find("Connection: close\r\n"), std::string::npos) << text;
    EXPECT_NE(text.find("/old|"), std::string::npos);
}

TEST_F(HttpServerTest, head_has_the_length_and_no_body) {
    serve();
    const std::string text = talk("HEAD /h HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_NE(text.find("Content-Length: 3\r\n"), std::string::npos) << text;
    EXPECT_EQ(text.substr(text.size() - 4), "\r\n\r\n");
}

TEST_F(HttpServerTest, a_204_has_neither_length_nor_body) {
    serve([](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 204;
        answer.response.body = "never";
        co_return answer;
    });
    EXPECT_EQ(talk(last_get), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_F(HttpServerTest, a_body_over_the_limit_is_413_however_it_is_announced) {
    options.most_body_bytes = 10;
    serve();
    const std::string small =
        talk("PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n\r\n0123456789");
    EXPECT_NE(small.find("200 OK"), std::string::npos) << small;
    const std::string announced = talk("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
    EXPECT_NE(announced.find("HTTP/1.1 413 "), std::string::npos) << announced;
    const std::string chunked =
        talk("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n01234567\r\n");
    EXPECT_NE(chunked.find("HTTP/1.1 413 "), std::string::npos) << chunked;
}

TEST_F(HttpServerTest, a_client_that_still_sends_can_read_its_413) {
    options.most_body_bytes = 10;
    serve();
    const std::string text =
        talk("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x'));
    EXPECT_NE(text.find("HTTP/1.1 413 "), std::string::npos);
}

TEST_F(HttpServerTest, the_header_may_have_64_kib) {
    serve();
    const auto with = [](std::size_t bytes) {
        return "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX: " + std::string(bytes, 'x') + "\r\n\r\n";
    };
    EXPECT_NE(talk(with(60 * 1024)).find("200 OK"), std::string::npos);
    EXPECT_NE(talk(with(70 * 1024)).find("HTTP/1.1 431 "), std::string::npos);
}

TEST_F(HttpServerTest, what_is_not_http_is_told_so) {
    serve();
    EXPECT_NE(talk("hello\r\n\r\n").find("HTTP/1.1 400 "), std::string::npos);
    EXPECT_NE(talk("GET / HTTP/7.1\r\n\r\n").find("HTTP/1.1 "), std::string::npos);
    EXPECT_NE(talk("PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n").find("HTTP/1.1 400 "),
              std::string::npos);
}

TEST_F(HttpServerTest, a_slow_client_is_ended_with_408) {
    options.idle_timeout = Milliseconds(30);
    serve();
    EXPECT_NE(talk("GET / HTT").find("HTTP/1.1 408 "), std::string::npos);
    EXPECT_EQ(talk(""), "") << "an idle connection ends without a word";
}

TEST_F(HttpServerTest, trickling_bytes_do_not_move_the_deadline) {
    options.idle_timeout = Milliseconds(60);
    serve();
    SystemClock clock;
    auto trickle = [&]() -> Task<std::string> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_await peer.write("GET / HTTP/1.1\r\nHost: h\r\nX: ");
        for (bool there = true; there;) {
            co_await clock.sleep(Milliseconds(10));
            there = co_await peer.write("x");
        }
        co_return co_await peer.read_to_end();
    };
    EXPECT_NE(run_to_end(loop, trickle()).find("HTTP/1.1 408 "), std::string::npos);
}

TEST_F(HttpServerTest, a_client_that_expects_continue_gets_it) {
    serve();
    auto polite = [&]() -> Task<std::string> {
        RawPeer peer = co_await RawPeer::connect(server->port());
        co_await peer.write(
            "PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        const std::string go_on = co_await peer.read_until("\r\n\r\n");
        co_await peer.write("ok");
        const std::string rest = co_await peer.read_to_end();
        co_return go_on + rest;
    };
    const std::string text = run_to_end(loop, polite());
    EXPECT_EQ(text.find("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), 0U) << text;
}

TEST_F(HttpServerTest, connections_are_bounded) {
    options.most_connections = 2;
    serve();
    auto crowd = [&]() -> Task<std::string> {
        RawPeer one = co_await RawPeer::connect(server->port());
        RawPeer two = co_await RawPeer::connect(server->port());
        co_await one.write(get);
        co_await one.read_until("/a|");
        co_await two.write(get);
        co_await two.read_until("/a|");
        const std::string refused = co_await talk_task(server->port(), "");
        one.close();
        std::string served;
        while (served.find("200 OK") == std::string::npos) served = co_await talk_task(server->port(), last_get);
        co_return refused;
    };
    EXPECT_NE(run_to_end(loop, crowd()).find("HTTP/1.1 503 "), std::string::npos);
}

TEST_F(HttpServerTest, faults_on_purpose) {
    serve([](HttpRequest request) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.body = request.target == "/empty" ? "" : "0123456789";
        answer.connection = request.target == "/gone" ? ServerAnswer::Connection::close_before_answer
                                                      : ServerAnswer::Connection::truncate;
        co_return answer;
    });
    EXPECT_EQ(talk("GET /gone HTTP/1.1\r\nHost: h\r\n\r\n"), "");
    EXPECT_EQ(talk(get), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
    const std::string half = talk("GET /empty HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(half.find("\r\n\r\n"), std::string::npos) << half;
    EXPECT_EQ(half.find("HTTP/1.1"), 0U);
}

TEST_F(HttpServerTest, a_handler_that_throws_is_a_500_and_the_connection_goes_on) {
    serve([](HttpRequest request) -> Task<ServerAnswer> {
        if (request.target == "/a") throw std::runtime_error("the password is hunter2");
        ServerAnswer answer;
        answer.response.status = 200;
        co_return answer;
    });
    const std::string text = talk(std::string(get) + last_get);
    EXPECT_EQ(count(text, "HTTP/1.1 500 "), 1);
    EXPECT_EQ(count(text, "HTTP/1.1 200 "), 1);
    EXPECT_EQ(text.find("hunter2"), std::string::npos);
}

TEST_F(HttpServerTest, a_header_value_cannot_smuggle_a_line) {
    serve([](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.headers.emplace_back("X", "a\r\nSet-Cookie: evil");
        answer.response.headers.emplace_back("Content-Length", "999");
        co_return answer;
    });
    const std::string text = talk(last_get);
    EXPECT_EQ(text, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_F(HttpServerTest, a_large_answer_waits_for_a_slow_reader) {
    serve([](HttpRequest) -> Task<ServerAnswer> {
        ServerAnswer answer;
        answer.response.status = 200;
        answer.response.body = std::string(8'000'000, 'z');
        co_return answer;
    });
    EXPECT_GT(talk(last_get).size(), 8'000'000U);
}

TEST_F(HttpServerTest, stop_ends_connections_and_handlers_that_wait) {
    SystemClock clock;
    bool reached = false;
    bool ended = false;
    serve([&](HttpRequest) -> Task<ServerAnswer> {
        reached = true;
        std::exception_ptr error;
        try {
            co_await clock.sleep(std::chrono::hours(1));
        } catch (...) {
            error = std::current_exception();
        }
        ended = error != nullptr;
        co_return ServerAnswer();
    });
    auto ask = [&]() -> Task<std::string> {
        RawPeer idle = co_await RawPeer::connect(server->port());
        RawPeer busy = co_await RawPeer::connect(server->port());
        co_await busy.write(get);
        while (!reached) co_await clock.sleep(Milliseconds(1));
        server->stop();
        const std::string first = co_await idle.read_to_end();
        const std::string second = co_await busy.read_to_end();
        co_return first + second;
    };
    EXPECT_EQ(run_to_end(loop, ask()), "");
    loop.restart();
    loop.run(); // nothing is left that could keep it
    EXPECT_TRUE(ended);
}

TEST_F(HttpServerTest, a_server_may_go_while_a_handler_waits) {
    serve([](HttpRequest) -> Task<ServerAnswer> {
        SystemClock clock;
        co_await clock.sleep(std::chrono::hours(1));
        co_return ServerAnswer();
    });
    auto ask = [&]() -> Task<std::string> {
        RawPeer busy = co_await RawPeer::connect(server->port());
        co_await busy.write(get);
        SystemClock clock;
        co_await clock.sleep(Milliseconds(5));
        server.reset();
        co_return co_await busy.read_to_end();
    };
    EXPECT_EQ(run_to_end(loop, ask()), "");
}

TEST_F(HttpServerTest, an_address_that_cannot_be_had_says_why) {
    serve();
    HttpServerOptions taken;
    taken.port = server->port();
    try {
        HttpServer second(loop, taken, echo);
        FAIL() << "two servers on one port";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), NextAction::stop);
        EXPECT_EQ(std::string(failure.what()), "http server: listen on \"127.0.0.1:" + std::to_string(taken.port) +
                                                   "\": Address already in use; is another process there already?");
    }
    taken.address = "localhost";
    EXPECT_THROW(HttpServer(loop, taken, echo), Failure);
}
