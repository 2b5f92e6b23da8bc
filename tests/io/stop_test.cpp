// A stop that is asked for while something waits: each kind of waiting ends, and says why.
#include "io/stop.h"

#include "io/beast_client.h"
#include "io/patient_client.h"
#include "io/process.h"
#include "io/run.h"
#include "tests/io/raw_peer.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

HttpRequest request_of(std::string method, bool only_looks = false) {
    HttpRequest request;
    request.method = std::move(method);
    request.target = "/";
    request.only_looks = only_looks;
    return request;
}

class StopTest : public testing::Test {
protected:
    // Runs `task` and asks for the stop a moment later; how long the end then took is in `took`.
    template<class T>
    T stopped(Task<T> task) {
        boost::asio::steady_timer later(loop, std::chrono::milliseconds(20));
        std::chrono::steady_clock::time_point asked;
        later.async_wait([&](const boost::system::error_code&) {
            asked = std::chrono::steady_clock::now();
            stop.ask();
        });
        auto result = run_to_end(loop, std::move(task));
        took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - asked);
        return result;
    }

    BeastClient& silent_server() {
        raw = std::make_unique<RawServer>(
            loop, [](RawPeer& peer, int) -> Task<void> { static_cast<void>(co_await peer.read_to_end()); });
        BeastClientOptions options;
        options.base_url = "http://127.0.0.1:" + std::to_string(raw->port());
        options.grace = Milliseconds(50);
        client = std::make_unique<BeastClient>(options, &stop);
        return *client;
    }

    EventLoop loop;
    Stop stop;
    std::unique_ptr<RawServer> raw;
    std::unique_ptr<BeastClient> client;
    Milliseconds took{0};
};

constexpr Milliseconds at_once{2000}; // generous: the deadlines below are 60 s

// Never answered: "lost" each time.
class LostClient final : public HttpClient {
public:
    Task<HttpOutcome> send(HttpRequest) override {
        ++sent;
        HttpOutcome outcome;
        outcome.delivery = delivery;
        outcome.error = "lost";
        co_return outcome;
    }
    Delivery delivery = Delivery::unknown;
    int sent = 0;
};

} // namespace

TEST_F(StopTest, a_sleep_ends_and_no_other_begins) {
    SystemClock clock(&stop);
    const auto sleep = [&]() -> Task<int> {
        co_await clock.sleep(Milliseconds(600000));
        co_await clock.sleep(Milliseconds(600000));
        co_return 1;
    };
    EXPECT_EQ(stopped(sleep()), 1);
    EXPECT_LT(took, at_once);
}

TEST_F(StopTest, a_listener_that_is_gone_is_not_called) {
    int heard = 0;
    {
        const Stop::Listener gone(&stop, [&] { heard += 10; });
    }
    const Stop::Listener there(&stop, [&] { ++heard; });
    stop.ask();
    stop.ask();
    EXPECT_EQ(heard, 1);
}

TEST_F(StopTest, a_read_that_waits_for_its_answer_is_given_up) {
    const auto outcome = stopped(silent_server().send(request_of("GET")));
    EXPECT_LT(took, at_once);
    EXPECT_NE(outcome.delivery, Delivery::answered);
    EXPECT_THAT(outcome.error, HasSubstr("given up, because kedge was asked to end"));
}

TEST_F(StopTest, a_dry_run_is_given_up_like_a_read) {
    const auto outcome = stopped(silent_server().send(request_of("PUT", true)));
    EXPECT_LT(took, at_once);
    EXPECT_THAT(outcome.error, HasSubstr("given up"));
}

TEST_F(StopTest, a_write_in_flight_gets_its_grace_and_may_have_arrived) {
    const auto outcome = stopped(silent_server().send(request_of("PUT")));
    EXPECT_GE(took, Milliseconds(45));
    EXPECT_LT(took, at_once);
    EXPECT_EQ(outcome.delivery, Delivery::unknown);
}

TEST_F(StopTest, a_wait_between_two_attempts_ends_and_nothing_is_sent_again) {
    SystemClock clock(&stop);
    LostClient inner;
    PatientOptions options;
    options.backoff = Backoff{Milliseconds(600000), Milliseconds(600000), 0};
    PatientClient patient(inner, clock, options, &stop);
    EXPECT_EQ(stopped(patient.send(request_of("GET"))).error, "lost");
    EXPECT_LT(took, at_once);
    EXPECT_EQ(inner.sent, 1);
}

TEST_F(StopTest, after_it_nothing_is_read_any_more_and_a_write_is_sent_once) {
    ManualClock clock;
    LostClient inner;
    inner.delivery = Delivery::not_sent;
    PatientClient patient(inner, clock, PatientOptions(), &stop);
    stop.ask();
    const auto read = run_to_end(loop, patient.send(request_of("GET")));
    EXPECT_EQ(read.delivery, Delivery::not_sent);
    EXPECT_THAT(read.error, HasSubstr("because kedge was asked to end"));
    EXPECT_EQ(run_to_end(loop, patient.send(request_of("PUT", true))).delivery, Delivery::not_sent);
    EXPECT_EQ(inner.sent, 0);
    EXPECT_EQ(run_to_end(loop, patient.send(request_of("PUT"))).error, "lost");
    EXPECT_EQ(inner.sent, 1);
}

TEST_F(StopTest, a_child_is_ended) {
    ProcessRequest request;
    request.arguments = {"/bin/sleep", "600"};
    request.stop = &stop;
    const auto result = stopped(run_process(std::move(request)));
    EXPECT_LT(took, at_once);
    EXPECT_TRUE(result.stopped);
    EXPECT_FALSE(result.timed_out);
}
