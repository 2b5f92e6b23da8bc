// Points in time as people type them: a month, a day, a second, or how long ago. All in UTC.
#pragma once
#include "base/duration.h"

#include <optional>
#include <string>

namespace kedge {

// What a text means: a month and a day last, a second hardly does.
struct Moment {
    UnixSeconds first = 0;
    UnixSeconds after = 0; // the first second that is no part of it

    bool operator==(const Moment&) const = default;
};

// "2027-03", "2027-03-05", "2027-03-05T12:30:00Z", or "30d" before `now`. Nothing for anything else, and for days that
// no calendar has.
std::optional<Moment> parse_moment(const std::string& text, UnixSeconds now);

// When something ends that lasts so long from now on, or up to `until` (as parse_moment takes it); 0: neither is given.
UnixSeconds moment_to_come(std::optional<Milliseconds> lasting, const std::string& until, UnixSeconds now);

} // namespace kedge
