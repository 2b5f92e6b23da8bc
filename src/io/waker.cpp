#include "io/waker.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kedge {

void Waker::wake() {
    kept_ = true;
    if (heard_) heard_();
}

Waker::Listener::Listener(Waker* waker, std::function<void()> heard) : waker_(waker) {
    if (waker_ != nullptr) waker_->heard_ = std::move(heard);
}

Waker::Listener::~Listener() {
    if (waker_ != nullptr) waker_->heard_ = nullptr;
}

Task<void> Waker::wait() {
    if (take()) co_return;
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, boost::asio::steady_timer::time_point::max());
    const Listener listener(this, [&timer] { timer.cancel(); });
    boost::system::error_code cancelled;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    take();
}

} // namespace kedge
