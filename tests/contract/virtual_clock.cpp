#include "tests/contract/virtual_clock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <stdexcept>

namespace kedge {

namespace asio = boost::asio;

Task<void> VirtualClock::nap(Milliseconds longest, Waker* waker) {
    if (waker != nullptr && waker->take()) co_return;
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
    const auto place = sleepers_.emplace(elapsed_ + std::max(longest, Milliseconds(0)), &timer);
    bool woken = false;
    const Waker::Listener called(waker, [&timer, &woken] {
        woken = true;
        timer.cancel();
    });
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    sleepers_.erase(place);
    if (woken) waker->take();
}

bool VirtualClock::advance(Milliseconds end) {
    if (sleepers_.empty()) throw std::logic_error("virtual clock: everybody waits, and nobody for the time");
    const auto [due, timer] = *sleepers_.begin();
    if (due > end) return false;
    elapsed_ = std::max(elapsed_, due);
    timer->cancel();
    return true;
}

void VirtualClock::run(EventLoop& loop, Task<void> task, Milliseconds most) {
    const auto end = elapsed_ + most;
    bool ended = false;
    std::exception_ptr error;
    asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& e) {
        ended = true;
        error = e;
    });
    loop.restart();
    while (!ended) {
        if (loop.poll() > 0 || ended) continue;
        if (!advance(end)) throw std::logic_error("virtual clock: not ended within the time given");
    }
    if (error) std::rethrow_exception(error);
}

} // namespace kedge
