// What became of a merged pull request in one unit: values for its comment, nothing is decided from them.
#pragma once
#include "model/report.h"

#include <string>
#include <vector>

namespace kedge {

// One registration whose change was not simply done.
struct PreviewLine {
    std::string name;
    Action action = Action::keep;
    Result result = Result::held;
    Digest digest;       // of the change: what a release names
    std::string text;    // why, in words
    std::string way_out; // what ends a hold

    bool operator==(const PreviewLine&) const = default;
};

struct PreviewOutcome {
    std::string unit;
    std::string commit; // of the base branch that the pass carried out
    int applied = 0;
    int held = 0;
    int failed = 0;                       // refused and unsure ones as well
    std::vector<std::string> names{};     // applied; bounded
    std::vector<PreviewLine> remaining{}; // held and failed; bounded
    UnixSeconds at = 0;                   // end of the pass; 0: it has not ended
    std::string text{};                   // what else there is to say: why a pass ended early

    bool operator==(const PreviewOutcome&) const = default;
};

// Of a whole pass that ended then.
PreviewOutcome preview_outcome(const Report& report, UnixSeconds at);

} // namespace kedge
