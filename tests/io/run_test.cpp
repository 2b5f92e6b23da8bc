#include "io/clock.h"
#include "io/loop_steps.h"
#include "io/run.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <ctime>
#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

using namespace kedge;

TEST(run_to_end, gives_the_value_or_throws_what_was_thrown) {
    EventLoop loop;
    auto good = []() -> Task<std::string> { co_return "value"; };
    auto bad = []() -> Task<void> {
        throw std::runtime_error("bad");
        co_return;
    };
    EXPECT_EQ(run_to_end(loop, good()), "value");
    EXPECT_THROW(run_to_end(loop, bad()), std::runtime_error);
    EXPECT_EQ(run_to_end(loop, good()), "value") << "the loop can be used again";
}

TEST(run_to_end, says_so_when_the_loop_was_stopped) {
    EventLoop loop;
    auto stopped = [&]() -> Task<int> {
        loop.stop();
        SystemClock clock;
        co_await clock.sleep(std::chrono::hours(1));
        co_return 1;
    };
    EXPECT_THROW(run_to_end(loop, stopped()), std::logic_error);
}

namespace {

void burn(double seconds) {
    const auto spent = [] {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    };
    const double end = spent() + seconds;
    while (spent() < end) {
    }
}

} // namespace

TEST(run_to_end, measures_the_longest_step_by_the_work_in_it_and_not_by_what_it_waits_for) {
    EventLoop loop;
    SystemClock clock;
    double longest = 0;
    auto steps = [&clock]() -> Task<void> {
        burn(0.005);
        co_await clock.sleep(Milliseconds(100));
        burn(0.03);
        co_await clock.sleep(Milliseconds(1));
        burn(0.01);
    };
    run_to_end(loop, steps(), longest);
    EXPECT_GE(longest, 0.03);
    EXPECT_LT(longest, 0.09) << "neither the waits nor the steps together";
    const double before = longest;
    auto light = []() -> Task<void> { co_return; };
    run_to_end(loop, light(), longest);
    EXPECT_EQ(longest, before) << "the longest so far";
    auto bad = []() -> Task<void> {
        throw std::runtime_error("bad");
        co_return;
    };
    EXPECT_THROW(run_to_end(loop, bad(), longest), std::runtime_error);
}

TEST(for_each_index, runs_every_job_and_never_more_than_width) {
    EventLoop loop;
    SystemClock clock;
    std::vector<int> ran(50);
    int now = 0;
    int most = 0;
    auto job = [&](std::size_t i) -> Task<void> {
        most = std::max(most, ++now);
        co_await clock.sleep(Milliseconds(i % 3));
        --now;
        ++ran[i];
    };
    run_to_end(loop, for_each_index(ran.size(), 7, job));
    EXPECT_EQ(most, 7);
    EXPECT_EQ(ran, std::vector<int>(50, 1));
    run_to_end(loop, for_each_index(0, 7, job));
    run_to_end(loop, for_each_index(1, 0, job));
    EXPECT_EQ(ran[0], 2);
}

TEST(for_each_index, rethrows_the_first_exception_after_the_others_have_ended) {
    EventLoop loop;
    ManualClock clock;
    int started = 0;
    int ended = 0;
    auto job = [&](std::size_t i) -> Task<void> {
        ++started;
        co_await clock.sleep(Milliseconds(1));
        if (i == 1) throw std::runtime_error("job 1");
        co_await clock.sleep(Milliseconds(1));
        ++ended;
    };
    try {
        run_to_end(loop, for_each_index(100, 4, job));
        FAIL() << "swallowed";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "job 1");
    }
    EXPECT_LT(started, 10);
    EXPECT_EQ(ended, started - 1);
}

TEST(for_each_index, a_cancelled_caller_ends_the_jobs_first) {
    EventLoop loop;
    SystemClock clock;
    int ended = 0;
    auto job = [&](std::size_t) -> Task<void> {
        std::exception_ptr error;
        try {
            co_await clock.sleep(std::chrono::hours(1));
        } catch (...) {
            error = std::current_exception();
        }
        ++ended;
        if (error) std::rethrow_exception(error);
    };
    boost::asio::cancellation_signal cancel;
    int ended_before = 0;
    bool threw = false;
    auto done = [&](const std::exception_ptr& error) {
        threw = error != nullptr;
        ended_before = ended;
    };
    boost::asio::co_spawn(loop, for_each_index(10, 3, job), boost::asio::bind_cancellation_slot(cancel.slot(), done));
    auto stop = [&]() -> Task<void> {
        co_await clock.sleep(Milliseconds(2));
        cancel.emit(boost::asio::cancellation_type::terminal);
    };
    boost::asio::co_spawn(loop, stop(), [](const std::exception_ptr&) {});
    loop.run();
    EXPECT_TRUE(threw);
    EXPECT_EQ(ended_before, 3);
}

TEST(clock, a_manual_clock_moves_when_somebody_sleeps) {
    EventLoop loop;
    ManualClock clock(1000);
    run_to_end(loop, clock.sleep(Milliseconds(2500)));
    EXPECT_EQ(clock.now(), 1002);
    EXPECT_EQ(clock.monotonic(), Milliseconds(2500));
    clock.advance(Milliseconds(500));
    EXPECT_EQ(clock.now(), 1003);
    EXPECT_EQ(clock.slept(), Milliseconds(2500));
}

TEST(clock, the_system_clock_moves_forward_and_its_random_numbers_lie_below_one) {
    EventLoop loop;
    SystemClock clock;
    const Milliseconds before = clock.monotonic();
    run_to_end(loop, clock.sleep(Milliseconds(3)));
    EXPECT_GE(clock.monotonic() - before, Milliseconds(3));
    EXPECT_GT(clock.now(), 1'700'000'000);
    for (int i = 0; i < 100; ++i) {
        const double random = clock.random();
        EXPECT_GE(random, 0.0);
        EXPECT_LT(random, 1.0);
    }
}
