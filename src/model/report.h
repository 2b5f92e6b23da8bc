// What came of a pass: one outcome per change, and one for the pass.
#pragma once
#include "base/duration.h"
#include "model/change.h"
#include "model/plan.h"

#include <string>
#include <vector>

namespace kedge {

enum class Result {
    done,        // written (or adopted), and the control plane said so
    held,        // not sent, or refused until a person releases it
    left_alone,  // not sent: the settings ask to report it only
    refused,     // the control plane refused it for good: text says why
    failed,      // did not go through; the next pass tries again
    unsure,      // sent, and nobody could tell whether it arrived
    blocked,     // waits for a person or an upstream: text says what for
    not_started, // the pass ended before
};
std::string_view to_text(Result result);

struct Outcome {
    Change change;
    Result result = Result::not_started;
    std::string text;      // cause in words, ours; empty for done
    std::string remote_id; // after a create
    bool forced = false;
    bool lacks_right = false; // refused because of the token, not because of the manifest

    bool operator==(const Outcome&) const = default;
};

struct Report {
    Plan plan;
    std::vector<Outcome> outcomes;
    std::string stopped;     // why the pass ended early; empty where it did not
    bool superseded = false; // ended early for a newer revision: the next pass begins at once
    int writes = 0;          // write requests sent, dry runs not counted
    Milliseconds took{0};

    bool operator==(const Report&) const = default;
};

} // namespace kedge
