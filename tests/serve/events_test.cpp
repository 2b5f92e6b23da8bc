#include "tests/serve/world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

class EventsTest : public World {
protected:
    EventsTest() {
        add_token("boss", Role::admin);
        add_token("team", Role::viewer, {"tools"});
    }

    void happen(const std::string& unit, const std::string& text) {
        daemon.board().say({0, 1'800'000'000, EventKind::pass_ended, EventSeverity::info, unit, "p1", "", "", text});
    }

    static std::string request(const std::string& token, const std::string& more = "", const std::string& query = "") {
        return "GET /api/v1/events" + query + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token-of-" +
               token + "\r\nAccept: text/event-stream\r\n" + more + "\r\n";
    }

    // What comes up to `end`, where `meanwhile` happens once the stream has begun.
    std::string listen(const std::string& text, const std::string& end, std::function<void()> meanwhile = {}) {
        auto client = Client::on_tcp(loop, server->port());
        auto hear = [&]() -> Task<std::string> {
            co_await client.write(text);
            std::string heard = co_await client.read_until("retry: 2000\n\n");
            if (meanwhile) meanwhile();
            if (heard.find(end) == std::string::npos) heard += co_await client.read_until(end);
            co_return heard;
        };
        return run_to_end(loop, hear());
    }
};

} // namespace

TEST_F(EventsTest, are_a_list_that_goes_on_where_the_last_one_ended) {
    for (int i = 0; i < 5; ++i) happen("tools", "number " + std::to_string(i));
    serve();
    const auto first = get("/api/v1/events?most=2", "boss").json();
    EXPECT_EQ(first["last"], 5);
    ASSERT_EQ(first["events"].size(), 2u);
    EXPECT_EQ(first["events"][1]["text"], "number 1");
    EXPECT_EQ(get("/api/v1/events?after=2", "boss").json()["events"][0]["text"], "number 2");
    EXPECT_EQ(get("/api/v1/events?after=5", "boss").json()["events"].size(), 0u);
}

TEST_F(EventsTest, come_as_they_happen) {
    happen("tools", "long ago");
    serve();
    const auto heard = listen(request("boss"), "fresh", [&] { happen("tools", "fresh"); });
    EXPECT_THAT(heard, HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_THAT(heard, HasSubstr("id: 2\nevent: pass-ended\ndata: {"));
    EXPECT_THAT(heard, Not(HasSubstr("long ago"))) << "nobody asked for what was before";
}

TEST_F(EventsTest, begin_with_what_a_client_missed) {
    for (int i = 0; i < 3; ++i) happen("tools", "number " + std::to_string(i));
    serve();
    const auto heard = listen(request("boss", "Last-Event-ID: 1\r\n"), "number 2");
    EXPECT_THAT(heard, HasSubstr("number 1"));
    EXPECT_THAT(heard, Not(HasSubstr("number 0")));
    EXPECT_THAT(heard, Not(HasSubstr("event: gap")));
    EXPECT_THAT(listen(request("boss", "", "?after=2"), "number 2"), Not(HasSubstr("number 1")));
}

TEST_F(EventsTest, of_a_former_life_are_not_waited_for) {
    happen("tools", "first of this life");
    serve();
    EXPECT_THAT(listen(request("boss", "Last-Event-ID: 4711\r\n"), "first of this life"), HasSubstr("id: 1\n"));
    EXPECT_THAT(listen(request("boss", "Last-Event-ID: nonsense\r\n"), "first of this life"), HasSubstr("id: 1\n"));
}

TEST_F(EventsTest, that_are_lost_are_said_to_be) {
    for (int i = 0; i < 1500; ++i) happen("tools", "number " + std::to_string(i));
    serve();
    EXPECT_THAT(listen(request("boss", "Last-Event-ID: 3\r\n"), "number 1499"),
                HasSubstr("event: gap\ndata: {\"before\":501}\n\n"));
}

TEST_F(EventsTest, of_other_units_are_not_heard_by_whoever_may_not_see_them) {
    serve();
    const auto heard = listen(request("team"), "own news", [&] {
        happen("other", "foreign news");
        happen("", "news of the daemon");
        happen("tools", "own news");
    });
    EXPECT_THAT(heard, Not(HasSubstr("foreign")));
    EXPECT_THAT(heard, Not(HasSubstr("daemon")));
}

TEST_F(EventsTest, are_streamed_to_a_bounded_number_of_clients) {
    settings.limits.event_streams = 1;
    serve();
    auto client = Client::on_tcp(loop, server->port());
    auto crowd = [&]() -> Task<std::string> {
        co_await client.write(request("boss"));
        co_await client.read_until("retry");
        auto second = Client::on_tcp(loop, server->port());
        std::string text = request("boss", "Connection: close\r\n");
        const std::string refused = co_await talk(second, std::move(text));
        co_return refused;
    };
    const auto refused = parsed(run_to_end(loop, crowd()));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("Retry-After"), "10");
    EXPECT_EQ(counters.event_streams, 1);
    server->stop();
    EXPECT_EQ(counters.event_streams, 0) << "nobody hears after a stop";
    happen("tools", "into the void");
}
