// How a unit of the daemon is, for people and machines that ask: a value, made anew after each pass.
#pragma once
#include "base/digest.h"
#include "base/duration.h"
#include "model/condition.h"
#include "model/place.h"
#include "model/plan.h"
#include "model/stoppage.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class UnitState {
    waiting, // its first pass has not ended
    in_sync, // git and live agree
    pending, // changes wait: held, left alone, or for the next pass
    failing, // the last pass failed, see cause
};
std::string_view to_text(UnitState state); // "waiting", "in-sync", ...

struct UnitStatus {
    std::string unit;
    std::string installation;
    std::string source; // configured names
    std::string target;
    std::string provider;
    std::string reactions; // "changes: apply, drift: heal"
    std::string held_by;   // another member of this installation, which looks after it; empty: this one does
    UnitState state = UnitState::waiting;
    bool busy = false;               // a pass is under way
    std::string cause;               // why the last pass failed, or ended early; empty: it did not
    std::vector<Stoppage> stoppages; // that hold changes of this unit now
    Revision revision;               // that the last good look saw; `tip` is set while the unit is rolled back
    PlanCounts counts;               // of the last good look
    int changes = 0;                 // that it planned
    int held = 0;                    // of them
    int drifted = 0;                 // of them: live moved though git did not
    int errors = 0;                  // findings that are errors
    Digest plan;                     // digest of the last plan
    std::string pass;                // id of the last pass, as in log, history and notifications
    UnixSeconds last_pass = 0;       // its end; 0: there was none
    UnixSeconds last_success = 0;    // end of the last pass that did not fail
    UnixSeconds next_pass = 0;       // planned
    int failures = 0;                // in a row
    Milliseconds took{0};            // the last pass

    bool operator==(const UnitStatus&) const = default;
};

// One registration as the last look of its unit saw it.
struct ResourceStatus {
    enum class State { in_sync, pending, held, left_alone, invalid };
    std::string name;
    std::string type;
    Place place; // of the manifest; empty: it is not in git
    State state = State::in_sync;
    std::string action; // planned: "create", "update", ...; empty: none
    bool drifted = false;
    UnixSeconds drift_after = 0; // the last list that did not show the drift yet; 0: unknown
    UnixSeconds drift_seen = 0;  // the first that did
    Digest change;               // digest of the planned change
    std::string why;             // held, left alone, invalid: in words
    Condition condition;

    bool operator==(const ResourceStatus&) const = default;
};
std::string_view to_text(ResourceStatus::State state); // "in-sync", "pending", "held", "left-alone", "invalid"

} // namespace kedge
