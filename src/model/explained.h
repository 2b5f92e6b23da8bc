// Everything there is to say about one registration, for a person who asks.
#pragma once
#include "model/change.h"
#include "model/finding.h"
#include "model/ledger_state.h"
#include "model/live.h"
#include "model/marker.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct Explained {
    std::string unit; // that was asked
    std::string name;
    std::vector<Place> declared;
    std::map<int, Commit> authors;    // of the lines of the first declaration
    std::map<std::string, int> lines; // its fields -> their lines
    std::optional<LiveEntry> live;
    std::optional<OwnedEntry> owned;
    std::optional<Change> change; // what the plan would do about it
    std::vector<Finding> findings;
    std::string elsewhere; // the unit that declares it, where it is another one
    Ownership ownership = Ownership::foreign;

    // Is there anything to say at all?
    bool known() const { return live || owned || !declared.empty() || !findings.empty(); }
};

// The line of the first declaration that says what lies at a path of FieldDifference; 0: none does.
int line_of(const Explained& about, const std::string& path);

} // namespace kedge
