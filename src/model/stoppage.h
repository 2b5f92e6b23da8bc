// What a person stopped for a while: a unit, one registration of it, or (a freeze) some or all units. While it lasts,
// kedge looks and reports as ever; what it would change is held as `paused`.
#pragma once
#include "base/duration.h"

#include <string>
#include <vector>

namespace kedge {

enum class StoppageKind { pause, freeze };

struct Stoppage {
    StoppageKind kind = StoppageKind::pause;
    std::string name;               // of a freeze: unique among freezes, [a-z0-9-]{1,32}; of a pause: empty
    std::vector<std::string> units; // of a freeze: sorted, empty means all; of a pause: exactly one
    std::string resource;           // of a pause: one registration of the unit; empty: all of it
    std::string because;
    std::string by; // who asked for it, as the door knows them
    UnixSeconds since = 0;
    UnixSeconds until = 0; // ends by itself then; 0: when somebody ends it

    bool operator==(const Stoppage&) const = default;
};

inline bool is_over(const Stoppage& stoppage, UnixSeconds now) {
    return stoppage.until != 0 && stoppage.until <= now;
}
// True where it stops this registration of this unit (empty `resource`: the unit as a whole).
bool stops(const Stoppage& stoppage, const std::string& unit, const std::string& resource);

} // namespace kedge
