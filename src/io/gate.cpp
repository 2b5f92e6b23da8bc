#include "io/gate.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kedge {

namespace asio = boost::asio;

Gate::Ticket& Gate::Ticket::operator=(Ticket&& other) noexcept {
    if (this != &other) {
        leave();
        state_ = std::move(other.state_);
    }
    return *this;
}

// The place goes to the next in line at once: nobody who comes later can take it in between.
void Gate::Ticket::leave() {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    if (state->waiting.empty()) {
        --state->inside;
        return;
    }
    auto* next = state->waiting.front();
    state->waiting.pop_front();
    next->cancel();
}

Task<Gate::Ticket> Gate::enter() {
    auto state = state_;
    if (state->inside < state->width) {
        ++state->inside;
        co_return Ticket(std::move(state));
    }
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer turn(executor, asio::steady_timer::time_point::max());
    state->waiting.push_back(&turn);
    boost::system::error_code cancelled;
    co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return Ticket(std::move(state));
}

} // namespace kedge
