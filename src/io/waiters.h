// Coroutines of one loop that wait for the same thing. Whoever wakes says nothing: those who waited look again.
#pragma once
#include "io/task.h"

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace kedge {

class Waiters final {
public:
    // Until the next wake(), or until the coroutine is cancelled.
    Task<void> wait();
    void wake();

private:
    std::shared_ptr<boost::asio::steady_timer> timer_; // never runs out: it is cancelled
};

// Calls `end` when it goes out of scope, also by an exception.
class AtEnd final {
public:
    explicit AtEnd(std::function<void()> end) : end_(std::move(end)) {}
    ~AtEnd() { end_(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

private:
    std::function<void()> end_;
};

} // namespace kedge
