#include "cli/heartbeat.h"

#include <chrono>
#include <utility>

namespace kedge {

Heartbeat::Heartbeat(EventLoop& loop, std::function<void()> beat) : timer_(loop), beat_(std::move(beat)) {
    wait();
}

void Heartbeat::wait() {
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        beat_();
        wait();
    });
}

} // namespace kedge
