#include "io/clock.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <ctime>
#include <random>

namespace kedge {

namespace asio = boost::asio;

UnixSeconds SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

// The steady clock of C++ stands still while a machine is suspended; a lease does not.
Milliseconds SystemClock::monotonic() const {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::duration_cast<Milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                    std::chrono::nanoseconds(now.tv_nsec));
}

double SystemClock::random() {
    // Asked a few times a minute, so the system's generator is cheap enough and needs no state here.
    std::random_device device;
    return static_cast<double>(device() >> 1) / 2147483648.0;
}

Task<void> SystemClock::nap(Milliseconds longest, Waker* waker) {
    if (waker != nullptr && waker->take()) co_return;
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, is_asked(stop_) ? Milliseconds(0) : longest);
    bool woken = false;
    const Stop::Listener heard(stop_, [&timer] { timer.cancel(); });
    const Waker::Listener called(waker, [&timer, &woken] {
        woken = true;
        timer.cancel();
    });
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (woken) waker->take();
    if (error && !woken && !is_asked(stop_)) throw boost::system::system_error(error);
}

Task<void> ManualClock::nap(Milliseconds longest, Waker* waker) {
    if (waker != nullptr && waker->take()) co_return;
    if (longest.count() > 0) {
        elapsed_ += longest;
        slept_ += longest;
    }
    // Others get their turn, as they would during a real wait.
    auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
}

} // namespace kedge
