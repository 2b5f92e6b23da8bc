// Calls back once a second as long as the loop runs, so that a person sees that something is still waited for.
#pragma once
#include "io/task.h"

#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace kedge {

class Heartbeat final {
public:
    Heartbeat(EventLoop& loop, std::function<void()> beat);
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

private:
    void wait();
    boost::asio::steady_timer timer_;
    std::function<void()> beat_;
};

} // namespace kedge
