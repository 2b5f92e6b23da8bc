// What the passes of a unit add to the numbers that a daemon shows of itself.
#pragma once
#include "model/counters.h"
#include "model/report.h"
#include "model/unit_status.h"

#include <map>
#include <string>

namespace kedge {

class PassCounts final {
public:
    explicit PassCounts(Counters& counters) : counters_(counters) {}

    // `report`: null where the pass came to nothing or failed before its end. `failed`: as PassLog says it.
    void ended(const std::string& unit, const Report* report, bool failed, Milliseconds took);
    void looked(const std::string& unit, const Report& report, UnixSeconds now);
    void forget(const std::string& unit);

private:
    void holds(const std::string& unit, const Report& report, UnixSeconds now);
    void budget(const std::string& unit, const Report& report);

    Counters& counters_;
    std::map<std::string, std::map<std::string, UnixSeconds>> held_since_; // unit -> change and reason -> first seen
};

} // namespace kedge
