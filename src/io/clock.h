// Time comes in through the constructor: the system's clock, or a test's.
#pragma once
#include "base/duration.h"
#include "io/stop.h"
#include "io/task.h"
#include "io/waker.h"

namespace kedge {

class Clock {
public:
    virtual ~Clock() = default;
    virtual UnixSeconds now() const = 0;        // wall clock
    virtual Milliseconds monotonic() const = 0; // never goes back
    virtual double random() = 0;                // in [0, 1): jitter
    // Waits so long, or until `waker` (may be null) is woken. Ends early, by exception, when its coroutine is
    // cancelled.
    virtual Task<void> nap(Milliseconds longest, Waker* waker) = 0;
    Task<void> sleep(Milliseconds duration) { return nap(duration, nullptr); }
};

class SystemClock final : public Clock {
public:
    // `stop`: once it is asked for, every sleep ends, and no other begins.
    explicit SystemClock(Stop* stop = nullptr) : stop_(stop) {}
    UnixSeconds now() const override;
    Milliseconds monotonic() const override;
    double random() override;
    Task<void> nap(Milliseconds longest, Waker* waker) override;

private:
    Stop* stop_;
};

// A clock for tests: sleeping moves it on at once.
class ManualClock final : public Clock {
public:
    explicit ManualClock(UnixSeconds start = 1'800'000'000) : start_(start) {}
    UnixSeconds now() const override { return start_ + elapsed_.count() / 1000; }
    Milliseconds monotonic() const override { return elapsed_; }
    double random() override { return 0.5; }
    Task<void> nap(Milliseconds longest, Waker* waker) override;
    void advance(Milliseconds duration) { elapsed_ += duration; }
    Milliseconds slept() const { return slept_; }

private:
    UnixSeconds start_;
    Milliseconds elapsed_{0};
    Milliseconds slept_{0};
};

} // namespace kedge
