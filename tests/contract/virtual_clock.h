// Time for whole daemons in tests: it moves on to the next sleeper's hour only when nobody has anything left to do, so
// that what runs side by side keeps its order and thousands of hours pass in seconds. Everything has to run on one
// thread.
#pragma once
#include "io/clock.h"

#include <boost/asio/steady_timer.hpp>
#include <map>

namespace kedge {

class VirtualClock final : public Clock {
public:
    explicit VirtualClock(UnixSeconds start = 1'800'000'000) : start_(start) {}
    UnixSeconds now() const override { return start_ + shift_ + elapsed_.count() / 1000; }
    Milliseconds monotonic() const override { return elapsed_; }
    double random() override { return 0.5; }
    Task<void> nap(Milliseconds longest, Waker* waker) override;

    // Somebody sets the machine's clock; what is measured stays as it is.
    void jump(UnixSeconds by) { shift_ += by; }
    // Runs `task` on `loop` to its end; throws what it throws. `most`: it has to end within so much virtual time.
    void run(EventLoop& loop, Task<void> task, Milliseconds most);

private:
    bool advance(Milliseconds end);

    UnixSeconds start_;
    UnixSeconds shift_ = 0;
    Milliseconds elapsed_{0};
    std::multimap<Milliseconds, boost::asio::steady_timer*> sleepers_;
};

} // namespace kedge
