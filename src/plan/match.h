// Puts manifests and live rows side by side and leaves only what is not known to be in sync. No documents: digests, the ledger and
// remembered verdicts decide.
#pragma once
#include "model/index.h"
#include "model/ledger_state.h"
#include "model/live.h"
#include "model/target.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// Who we are, for ownership. Empty installation: nothing can carry our marker, prune is off.
struct UnitIdentity {
    std::string installation;
    std::string unit;
};

enum class Ownership { ours, foreign, other_installation };

// Ours: carries our fitting marker (any unit of this installation that does not declare the name: a hand-over), or its id is in
// the ledger and it carries no fitting marker of another installation.
Ownership ownership_of(const LiveEntry& live, const LedgerState& ledger, const UnitIdentity& us);

struct MatchInput {
    const std::vector<DesiredEntry>& desired; // sorted by name, unique
    const std::vector<LiveEntry>& live;       // any order
    const LedgerState& ledger;
    const UnitIdentity& us;
    const Description& target;
    const std::set<Digest>& verdicts;
    const std::set<std::string>& rotated;   // names whose secret references have a new fingerprint
    const std::set<std::string>& elsewhere; // names that other units of the same settings declare on this target
};

struct Candidate {
    const DesiredEntry* desired = nullptr; // null: live only and ours
    const LiveEntry* live = nullptr;       // null: only in git
    Ownership ownership = Ownership::foreign;
    bool rotated = false;
};

struct Matched {
    std::vector<Candidate> candidates;  // sorted by name
    std::vector<Candidate> in_sync;     // both sides, nothing to do (adoption without a write is decided from these)
    std::vector<std::string> live_only; // names: foreign, and those of `elsewhere`
    int normalised = 0;                 // of in_sync: by the last-sent rule
    std::vector<std::string> gone;      // names of owned entries with no live row and no manifest: to be forgotten after a 404
};

Matched match(const MatchInput& input);

} // namespace kedge
