// Runs coroutines: one to its end, or many side by side with a bound. For the engine, the doors and tests.
#pragma once
#include "io/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace kedge {

// Throws std::logic_error: somebody else stopped the loop while a task was run to its end.
[[noreturn]] void throw_loop_ended_early();

// Runs `task` on `loop` until it ended (other work of the loop goes on meanwhile); rethrows what it threw.
template<class T>
T run_to_end(EventLoop& loop, Task<T> task) {
    std::optional<T> value;
    std::exception_ptr error;
    auto done = [&](std::exception_ptr e, T result) {
        error = e;
        if (!e) value = std::move(result);
        loop.stop();
    };
    boost::asio::co_spawn(loop, std::move(task), done);
    loop.restart();
    loop.run();
    if (error) std::rethrow_exception(error);
    if (!value) throw_loop_ended_early();
    return std::move(*value);
}

void run_to_end(EventLoop& loop, Task<void> task);

// Calls `job(i)` for i in [0, count), at most `width` at a time, and waits for all. The first exception is rethrown
// after the others have ended; no further job is started after it.
Task<void> for_each_index(std::size_t count, std::size_t width, std::function<Task<void>(std::size_t)> job);

} // namespace kedge
