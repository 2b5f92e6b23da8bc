#include "io/waiters.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kedge {

Task<void> Waiters::wait() {
    if (!timer_) {
        const auto executor = co_await boost::asio::this_coro::executor;
        timer_ = std::make_shared<boost::asio::steady_timer>(executor);
        timer_->expires_at(boost::asio::steady_timer::time_point::max());
    }
    const auto timer = timer_;
    boost::system::error_code woken;
    co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
}

void Waiters::wake() {
    if (!timer_) return;
    timer_->cancel();
    timer_.reset();
}

} // namespace kedge
