// What to look up in the history.
#pragma once
#include "base/duration.h"

#include <string>

namespace kedge {

struct HistoryQuery {
    std::string unit;      // empty: all of the settings
    std::string name;      // of a registration; empty: all
    std::string by;        // author or releaser holds this text, without regard to case; empty: anybody
    UnixSeconds since = 0; // 0: from the beginning
    UnixSeconds until = 0; // not part of it any more; 0: up to now
    int most = 100;        // passes

    bool operator==(const HistoryQuery&) const = default;
};

} // namespace kedge
