#include "io/run.h"

#include "io/loop_steps.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <list>
#include <memory>
#include <stdexcept>
#include <utility>

namespace kedge {

namespace asio = boost::asio;

namespace {

struct Side {
    explicit Side(const asio::any_io_executor& executor) : all_ended(executor) {}
    std::function<Task<void>(std::size_t)> job;
    std::size_t next = 0;
    std::size_t count = 0;
    std::size_t running = 0;
    std::exception_ptr error;
    asio::steady_timer all_ended; // used as a signal: cancelled when the last one ends
    std::list<asio::cancellation_signal> cancels;
};

Task<void> take_jobs(std::shared_ptr<Side> side) {
    while (side->next < side->count && !side->error) {
        const std::size_t index = side->next++;
        try {
            co_await side->job(index);
        } catch (...) {
            if (!side->error) side->error = std::current_exception();
        }
    }
}

void start(const asio::any_io_executor& executor, const std::shared_ptr<Side>& side) {
    ++side->running;
    auto& cancel = side->cancels.emplace_back();
    auto ended = [side](const std::exception_ptr& error) {
        if (error && !side->error) side->error = error;
        if (--side->running == 0) side->all_ended.cancel();
    };
    auto task = take_jobs(side);
    asio::co_spawn(executor, std::move(task), asio::bind_cancellation_slot(cancel.slot(), std::move(ended)));
}

double thread_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void run_until_ended(EventLoop& loop, Task<void> task, const std::function<void()>& turn) {
    bool ended = false;
    std::exception_ptr error;
    auto done = [&](const std::exception_ptr& e) {
        ended = true;
        error = e;
        loop.stop();
    };
    asio::co_spawn(loop, std::move(task), done);
    loop.restart();
    turn();
    if (error) std::rethrow_exception(error);
    if (!ended) throw_loop_ended_early();
}

} // namespace

void run_to_end(EventLoop& loop, Task<void> task) {
    run_until_ended(loop, std::move(task), [&loop] { loop.run(); });
}

void run_to_end(EventLoop& loop, Task<void> task, double& longest) {
    run_until_ended(loop, std::move(task), [&loop, &longest] {
        double before = thread_seconds();
        while (loop.run_one() != 0) {
            const double now = thread_seconds();
            longest = std::max(longest, now - before);
            before = now;
        }
    });
}

Task<void> next_turn() {
    co_await asio::post(asio::use_awaitable);
}

void throw_loop_ended_early() {
    throw std::logic_error("event loop: run a task to its end: the loop was stopped before that");
}

// The jobs may refer to what the caller owns, so a cancelled caller passes it on and still waits for all of them.
Task<void> for_each_index(std::size_t count, std::size_t width, std::function<Task<void>(std::size_t)> job) {
    if (count == 0) co_return;
    auto executor = co_await asio::this_coro::executor;
    auto side = std::make_shared<Side>(executor);
    side->job = std::move(job);
    side->count = count;
    side->all_ended.expires_at(asio::steady_timer::time_point::max());
    co_await asio::this_coro::throw_if_cancelled(false);
    const std::size_t sides = std::clamp<std::size_t>(width, 1, count);
    for (std::size_t i = 0; i < sides; ++i) start(executor, side);
    bool passed_on = false;
    while (side->running > 0) {
        boost::system::error_code ignored;
        co_await side->all_ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        auto state = co_await asio::this_coro::cancellation_state;
        if (side->running == 0 || passed_on || state.cancelled() == asio::cancellation_type::none) continue;
        passed_on = true;
        side->next = side->count;
        for (auto& cancel : side->cancels) cancel.emit(asio::cancellation_type::terminal);
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (side->error) std::rethrow_exception(side->error);
}

} // namespace kedge
