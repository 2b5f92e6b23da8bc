// Many deadlines, one timer. A deadline can be moved for every message at no cost: the timer is only touched when one
// comes earlier than all it knows, and looks again when it fires.
#pragma once
#include "base/duration.h"
#include "io/task.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>

namespace kedge {

class Deadline;

class Deadlines final : public std::enable_shared_from_this<Deadlines> {
public:
    using Time = std::chrono::steady_clock::time_point;
    explicit Deadlines(const boost::asio::any_io_executor& executor) : timer_(executor) {}
    void stop(); // no deadline fires after it

private:
    friend class Deadline;
    void arm(Time at);
    void rest(); // nothing is pending: a loop without other work may end
    void fire();

    boost::asio::steady_timer timer_;
    std::list<Deadline*> all_;
    Time armed_ = Time::max(); // what the timer waits for; max: nothing; min: never again
    std::size_t active_ = 0;
};

// One wait that must end. `on_expiry` makes the pending operation end with an error. It runs again, ten times a second,
// until somebody sets, pauses or clears the deadline: the first time may fall between two operations, where nothing is
// pending, and be heard by none.
class Deadline final {
public:
    Deadline(std::shared_ptr<Deadlines> owner, std::function<void()> on_expiry);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    void set(Milliseconds from_now);
    void pause(); // cannot expire until the next set(); the timer stays as it is, which is cheaper than clear()
    void clear();
    bool expired() const { return expired_; }

private:
    friend class Deadlines;
    std::shared_ptr<Deadlines> owner_;
    std::function<void()> on_expiry_;
    std::list<Deadline*>::iterator place_;
    Deadlines::Time at_ = Deadlines::Time::max();
    bool active_ = false;
    bool expired_ = false;
};

} // namespace kedge
