// How often one source may try: failures wait longer each time, deliveries have an allowance. Both remember a bounded
// number of sources, and forget the one that was seen longest ago first.
#pragma once
#include "base/duration.h"
#include "io/clock.h"

#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace kedge {

// Values by source.
template<class Value>
class RecentSources final {
public:
    explicit RecentSources(std::size_t most) : most_(most) {}

    Value* find(const std::string& source) {
        const auto found = places_.find(source);
        return found == places_.end() ? nullptr : &found->second->second;
    }
    // The value of that source, new ones made of `fresh`; it is the last to be forgotten from then on.
    Value& touch(const std::string& source, const Value& fresh) {
        const auto found = places_.find(source);
        if (found != places_.end()) {
            order_.splice(order_.end(), order_, found->second);
            return found->second->second;
        }
        if (order_.size() >= most_) {
            places_.erase(order_.front().first);
            order_.pop_front();
        }
        order_.emplace_back(source, fresh);
        places_.emplace(source, std::prev(order_.end()));
        return order_.back().second;
    }
    void forget(const std::string& source) {
        const auto found = places_.find(source);
        if (found == places_.end()) return;
        order_.erase(found->second);
        places_.erase(found);
    }
    std::size_t size() const { return order_.size(); }

private:
    using Order = std::list<std::pair<std::string, Value>>;
    std::size_t most_;
    Order order_; // seen longest ago first
    std::map<std::string, typename Order::iterator> places_;
};

// After a few failures in a row a source waits, twice as long after each further one.
class FailureThrottle final {
public:
    explicit FailureThrottle(Clock& clock) : clock_(clock) {}
    // How long it has to wait; nothing: it may try.
    std::optional<Milliseconds> wait_for(const std::string& source);
    void failed(const std::string& source);
    void succeeded(const std::string& source) { sources_.forget(source); }
    std::size_t remembered() const { return sources_.size(); }

private:
    struct Failures {
        int count = 0;
        Milliseconds last{0};
        Milliseconds until{0};
    };
    Clock& clock_;
    RecentSources<Failures> sources_{4096};
};

// A bucket of permits for each source that fills with time.
class RateLimit final {
public:
    RateLimit(Clock& clock, int per_minute) : clock_(clock), per_minute_(per_minute) {}
    // Nothing: go on; else how long until the next permit.
    std::optional<Milliseconds> take(const std::string& source);
    std::size_t remembered() const { return sources_.size(); }

private:
    struct Bucket {
        double permits = 0;
        Milliseconds at{0};
    };
    Clock& clock_;
    int per_minute_;
    RecentSources<Bucket> sources_{4096};
};

} // namespace kedge
