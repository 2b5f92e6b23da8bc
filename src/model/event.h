// Something that happened in the daemon and that somebody may want to hear of: one value for the log's readers, the
// event stream and the notifications.
#pragma once
#include "base/duration.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace kedge {

enum class EventKind {
    pass_ended,  // it had something to say: a change, a hold, a finding
    pass_failed, // said once per cause
    recovered,   // the first pass that does not fail after one that did
    change,      // one outcome: done, held, refused, ...
    stoppage,    // paused, frozen, resumed
    command,     // sync, release, rollback: a person asked for it
    settings,    // read anew, or refused
};
std::string_view to_text(EventKind kind); // "pass-ended", ...

enum class EventSeverity { info, warning, error };
std::string_view to_text(EventSeverity severity);

struct Event {
    std::uint64_t id = 0; // given by the board, rising by one
    UnixSeconds at = 0;
    EventKind kind = EventKind::pass_ended;
    EventSeverity severity = EventSeverity::info;
    std::string unit;   // empty: of the daemon
    std::string pass;   // id; empty: none
    std::string name;   // change: of the registration
    std::string digest; // change: hex of the change digest
    std::string text;   // one line for people

    bool operator==(const Event&) const = default;
};

} // namespace kedge
