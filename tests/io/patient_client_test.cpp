#include "io/patient_client.h"
#include "io/run.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <deque>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

HttpRequest request_of(std::string method) {
    HttpRequest request;
    request.method = std::move(method);
    request.target = "/";
    return request;
}

HttpOutcome answer(int status, HttpHeaders headers = {}) {
    HttpOutcome outcome;
    outcome.delivery = Delivery::answered;
    outcome.response.status = status;
    outcome.response.headers = std::move(headers);
    return outcome;
}

HttpOutcome lost(Delivery delivery) {
    HttpOutcome outcome;
    outcome.delivery = delivery;
    outcome.error = "lost";
    return outcome;
}

// Gives the outcomes in turn, the last one for ever; each request takes `takes` of the clock.
class ScriptedClient final : public HttpClient {
public:
    explicit ScriptedClient(Clock& clock) : clock_(clock) {}
    Task<HttpOutcome> send(HttpRequest) override {
        ++sent;
        most_inside = std::max(most_inside, ++inside);
        HttpOutcome outcome = outcomes.front();
        if (outcomes.size() > 1) outcomes.pop_front();
        co_await clock_.sleep(takes);
        --inside;
        co_return outcome;
    }
    std::deque<HttpOutcome> outcomes;
    Milliseconds takes{0};
    int sent = 0;
    int inside = 0;
    int most_inside = 0;

private:
    Clock& clock_;
};

class PatientClientTest : public testing::Test {
protected:
    HttpOutcome send(const char* method) {
        if (!client) client = std::make_unique<PatientClient>(inner, clock, options);
        return run_to_end(loop, client->send(request_of(method)));
    }

    EventLoop loop;
    ManualClock clock{1'800'000'000};
    ScriptedClient inner{clock};
    PatientOptions options;
    std::unique_ptr<PatientClient> client;
};

} // namespace

TEST_F(PatientClientTest, only_what_surely_did_nothing_is_repeated_for_writes) {
    struct Case {
        HttpOutcome outcome;
        bool read_again;
        bool write_again;
    };
    const Case cases[] = {
        {answer(200), false, false},
        {answer(404), false, false},
        {answer(409), false, false},
        {answer(408), true, false},
        {answer(429), true, true},
        {answer(500), true, false},
        {answer(502), true, false},
        {answer(503), true, false},
        {lost(Delivery::not_sent), true, true},
        {lost(Delivery::unknown), true, false},
    };
    for (const Case& c : cases) {
        for (const char* method : {"GET", "HEAD", "PUT", "POST", "DELETE"}) {
            client.reset();
            inner.sent = 0;
            inner.outcomes = {c.outcome, answer(200)};
            const bool read = *method == 'G' || *method == 'H';
            const bool again = read ? c.read_again : c.write_again;
            const HttpOutcome outcome = send(method);
            EXPECT_EQ(inner.sent, again ? 2 : 1) << method << " after " << c.outcome.response.status << c.outcome.error;
            EXPECT_EQ(outcome, again ? answer(200) : c.outcome);
            EXPECT_EQ(client->counters().repeats, again ? 1U : 0U);
        }
    }
}

TEST_F(PatientClientTest, attempts_are_bounded_and_back_off) {
    options.most_attempts = 4;
    options.most_connects = 2;
    inner.outcomes = {lost(Delivery::unknown)};
    EXPECT_EQ(send("GET"), lost(Delivery::unknown));
    EXPECT_EQ(inner.sent, 4);
    EXPECT_EQ(clock.slept(), Milliseconds(1000 + 2000 + 4000)); // the manual clock's random number takes no side
}

TEST_F(PatientClientTest, a_dead_server_is_given_up_after_its_own_number_of_attempts) {
    options.most_attempts = 5;
    options.most_connects = 2;
    inner.outcomes = {lost(Delivery::not_sent)};
    EXPECT_EQ(send("PUT"), lost(Delivery::not_sent));
    EXPECT_EQ(inner.sent, 2);
}

TEST_F(PatientClientTest, retry_after_in_seconds_is_waited_for) {
    inner.outcomes = {answer(429, {{"retry-after", "7"}}), answer(200)};
    EXPECT_EQ(send("PUT"), answer(200));
    EXPECT_EQ(clock.slept(), Milliseconds(7000));
    EXPECT_EQ(client->counters().throttled, 1U);
}

TEST_F(PatientClientTest, retry_after_as_a_date_is_waited_for) {
    // 1'800'000'000 is Fri, 15 Jan 2027 08:00:00 GMT.
    inner.outcomes = {answer(503, {{"Retry-After", "Fri, 15 Jan 2027 08:00:30 GMT"}}), answer(200)};
    EXPECT_EQ(send("GET"), answer(200));
    EXPECT_EQ(clock.slept(), Milliseconds(30'000));
}

TEST_F(PatientClientTest, a_reset_time_is_waited_for_in_each_of_its_spellings) {
    for (const char* reset : {"20", "1800000020", "1800000020000", "19.5", "20.0"}) {
        client.reset();
        ManualClock fresh(1'800'000'000);
        ScriptedClient server(fresh);
        server.outcomes = {answer(429, {{"X-RateLimit-Reset", reset}}), answer(200)};
        PatientClient patient(server, fresh, options);
        EXPECT_EQ(run_to_end(loop, patient.send(request_of("GET"))), answer(200));
        EXPECT_EQ(fresh.slept(), Milliseconds(20'000)) << reset;
    }
}

TEST_F(PatientClientTest, a_wait_that_is_too_long_gives_the_answer_back) {
    options.most_wait = Milliseconds(10'000);
    inner.outcomes = {answer(429, {{"Retry-After", "11"}})};
    EXPECT_EQ(send("GET").response.status, 429);
    EXPECT_EQ(inner.sent, 1);
    EXPECT_EQ(clock.slept(), Milliseconds(0));
    inner.outcomes = {answer(429, {{"Retry-After", "10"}}), answer(200)};
    EXPECT_EQ(send("GET").response.status, 200);
}

TEST_F(PatientClientTest, a_wait_that_makes_no_sense_is_replaced_by_our_own) {
    for (const char* text : {"0", "-5", "soon", "", "Fri, 15 Jan 2027 07:59:00 GMT", "99999999999999999999"}) {
        client.reset();
        inner.outcomes = {answer(429, {{"Retry-After", text}}), answer(200)};
        const Milliseconds before = clock.slept();
        EXPECT_EQ(send("GET"), answer(200)) << text;
        EXPECT_EQ(clock.slept() - before, Milliseconds(1000)) << text;
    }
}

TEST_F(PatientClientTest, everybody_keeps_the_silence_that_one_was_asked_for) {
    inner.outcomes = {answer(503, {{"Retry-After", "9"}}), answer(200)};
    EXPECT_EQ(send("PUT").response.status, 503) << "a write with an unclear end is given back";
    EXPECT_EQ(clock.slept(), Milliseconds(0));
    EXPECT_EQ(send("PUT").response.status, 200);
    EXPECT_EQ(clock.slept(), Milliseconds(9000));
}

TEST_F(PatientClientTest, where_one_429_is_enough_nothing_is_sent_until_the_wait_is_over) {
    options.stop_at_first_429 = true;
    inner.outcomes = {answer(429, {{"Retry-After", "900"}}), answer(200)};
    EXPECT_EQ(send("GET").response.status, 429);
    const HttpOutcome held = send("PUT");
    EXPECT_EQ(held.delivery, Delivery::not_sent);
    EXPECT_EQ(held.error, "held back: the control plane answered 429 and is left alone for another 15m");
    EXPECT_EQ(inner.sent, 1);
    EXPECT_EQ(clock.slept(), Milliseconds(0));
    clock.advance(Milliseconds(900'000));
    EXPECT_EQ(send("PUT").response.status, 200);
}

TEST_F(PatientClientTest, requests_in_flight_are_bounded) {
    options.concurrency = 3;
    inner.outcomes = {answer(200)};
    inner.takes = Milliseconds(1);
    client = std::make_unique<PatientClient>(inner, clock, options);
    int answered = 0;
    auto job = [&](std::size_t) -> Task<void> {
        const HttpOutcome outcome = co_await client->send(request_of("PUT"));
        if (outcome.response.status == 200) ++answered;
    };
    run_to_end(loop, for_each_index(200, 50, job));
    EXPECT_EQ(answered, 200);
    EXPECT_EQ(inner.most_inside, 3);
}

TEST_F(PatientClientTest, a_429_halves_and_each_success_adds_one) {
    inner.outcomes = {answer(429, {{"Retry-After", "1"}}), answer(503), answer(404), answer(200)};
    client = std::make_unique<PatientClient>(inner, clock, options);
    EXPECT_EQ(client->counters().allowed, 8);
    send("PUT"); // 429, then 503
    EXPECT_EQ(client->counters().allowed, 2);
    send("PUT"); // 404 says nothing about load
    EXPECT_EQ(client->counters().allowed, 2);
    send("PUT");
    EXPECT_EQ(client->counters().allowed, 3);
    for (int i = 0; i < 20; ++i) send("PUT");
    EXPECT_EQ(client->counters().allowed, 8);
    inner.outcomes = {answer(503)};
    for (int i = 0; i < 10; ++i) send("PUT");
    EXPECT_EQ(client->counters().allowed, 1) << "one must stay";
}

TEST_F(PatientClientTest, the_smaller_bound_holds_for_those_who_wait_already) {
    options.concurrency = 8;
    options.most_attempts = 1;
    inner.takes = Milliseconds(1);
    for (int i = 0; i < 8; ++i) inner.outcomes.push_back(answer(503));
    inner.outcomes.push_back(answer(404)); // neither halves nor adds
    client = std::make_unique<PatientClient>(inner, clock, options);
    int most_after = 0;
    auto job = [&](std::size_t i) -> Task<void> {
        co_await client->send(request_of("PUT"));
        if (i >= 8) most_after = std::max(most_after, inner.inside + 1);
    };
    run_to_end(loop, for_each_index(40, 40, job));
    EXPECT_EQ(inner.most_inside, 8);
    EXPECT_EQ(most_after, 1);
}

TEST_F(PatientClientTest, a_cancelled_waiter_leaves_no_hole) {
    SystemClock real;
    ScriptedClient server(real);
    server.outcomes = {answer(200)};
    server.takes = Milliseconds(20);
    options.concurrency = 1;
    PatientClient patient(server, real, options);
    boost::asio::cancellation_signal cancel;
    bool cancelled = false;
    auto done = [&](const std::exception_ptr& error, const HttpOutcome&) { cancelled = error != nullptr; };
    auto all = [&]() -> Task<void> {
        auto executor = co_await boost::asio::this_coro::executor;
        auto first = patient.send(request_of("PUT"));
        auto ignore = [](const std::exception_ptr&, const HttpOutcome&) {};
        boost::asio::co_spawn(executor, std::move(first), ignore);
        auto second = patient.send(request_of("PUT"));
        boost::asio::co_spawn(executor, std::move(second), boost::asio::bind_cancellation_slot(cancel.slot(), done));
        co_await real.sleep(Milliseconds(2));
        cancel.emit(boost::asio::cancellation_type::terminal);
        const HttpOutcome third = co_await patient.send(request_of("PUT"));
        EXPECT_EQ(third.response.status, 200);
    };
    run_to_end(loop, all());
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(server.sent, 2);
}

TEST_F(PatientClientTest, a_silence_as_long_as_one_deadline_is_enough_where_somebody_waits) {
    options.most_silence = Milliseconds(60000);
    inner.takes = Milliseconds(60813);
    inner.outcomes = {lost(Delivery::unknown)};
    EXPECT_EQ(send("GET").delivery, Delivery::unknown);
    EXPECT_EQ(inner.sent, 1);
    EXPECT_EQ(clock.slept(), Milliseconds(60813));
    const auto next = send("GET");
    EXPECT_EQ(next.delivery, Delivery::not_sent);
    EXPECT_EQ(next.error, "it takes requests, but has answered none for 1m");
    EXPECT_EQ(inner.sent, 1);
}

TEST_F(PatientClientTest, a_pause_between_two_requests_is_no_silence_of_the_server) {
    options.most_silence = Milliseconds(60000);
    inner.outcomes = {answer(200), lost(Delivery::unknown), answer(200)};
    EXPECT_EQ(send("GET").response.status, 200);
    clock.advance(Milliseconds(600000));
    EXPECT_EQ(send("GET").response.status, 200) << "lost once, and answered when asked again";
    EXPECT_EQ(inner.sent, 3);
}

// Whoever uses up what a control plane allows is locked out of some of them.
TEST_F(PatientClientTest, what_is_left_of_a_limit_is_made_to_last) {
    const auto with_left = [](int left) {
        return answer(200, {{"X-RateLimit-Limit", "500"}, {"x-ratelimit-remaining", std::to_string(left)}});
    };
    inner.outcomes = {with_left(126), with_left(125), with_left(59), with_left(0), answer(200)};
    send("GET");
    send("GET");
    EXPECT_EQ(clock.slept(), Milliseconds(0)) << "a quarter is enough";
    send("GET");
    EXPECT_EQ(clock.slept(), Milliseconds(0)) << "the answer before said nothing";
    send("GET");
    send("GET");
    const auto before = clock.slept();
    EXPECT_GE(before, Milliseconds(1000)) << "59 in a minute";
    send("GET");
    EXPECT_GE(clock.slept() - before, Milliseconds(59000)) << "none left";
    const auto after = clock.slept();
    send("GET");
    send("GET");
    EXPECT_EQ(clock.slept(), after) << "no word of a limit any more";
}

TEST_F(PatientClientTest, a_limit_that_makes_no_sense_is_none) {
    for (const auto& [limit, left] : std::vector<std::pair<std::string, std::string>>{
             {"", "0"}, {"500", ""}, {"-1", "-1"}, {"0", "0"}, {"500", "many"}, {"99999999999999999999", "1"}}) {
        inner.outcomes = {answer(200, {{"X-RateLimit-Limit", limit}, {"X-RateLimit-Remaining", left}})};
        for (int i = 0; i < 3; ++i) send("GET");
        EXPECT_EQ(clock.slept(), Milliseconds(0)) << limit << " " << left;
    }
}

TEST_F(PatientClientTest, what_is_held_back_is_given_back_at_once_whatever_is_left) {
    options.stop_at_first_429 = true;
    inner.outcomes = {
        answer(429, {{"Retry-After", "60"}, {"X-RateLimit-Limit", "40"}, {"X-RateLimit-Remaining", "0"}})};
    EXPECT_EQ(send("GET").response.status, 429);
    EXPECT_EQ(send("GET").delivery, Delivery::not_sent);
    EXPECT_EQ(clock.slept(), Milliseconds(0));
    EXPECT_EQ(inner.sent, 1);
}
