// Puts manifests and live rows side by side and leaves only what is not known to be in sync. No documents: digests, the
// ledger and remembered verdicts decide.
#pragma once
#include "model/index.h"
#include "model/ledger_state.h"
#include "model/live.h"
#include "model/target.h"
#include "plan/ownership.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// In sync is a pair of one type whose live digest was made under the manifest's own rules (LiveEntry::rules), that did
// not rotate, and for which one of these holds:
// - the digests are equal;
// - the ledger's entry of this id was sent this desired digest and answered with this live digest ("normalised by the
// server").
//   Whoever writes the ledger leaves `answered` empty where the answer differed in an exact field
//   (Comparison::exact_differs);
// - the verdict of both digests is remembered, unless the live side hides secrets and git moved since we last sent
// them.
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

// Git says something else in a field that live never shows than it did when that was last sent, or taken over.
inline bool has_moved_hidden(const IndexEntry& desired, const OwnedEntry* owned) {
    return owned != nullptr && !owned->hidden.empty() && owned->hidden != desired.hidden;
}

// The rule above for one pair, rotation aside.
bool in_sync(const IndexEntry& desired, const LiveEntry& live, const LedgerState& ledger,
             const std::set<Digest>& verdicts, const Description& target);

struct Candidate {
    const DesiredEntry* desired = nullptr; // null: live only and ours, or superseded
    const LiveEntry* live = nullptr;       // null: only in git
    Ownership ownership = Ownership::foreign;
    bool rotated = false;
    const OwnedEntry* owned = nullptr;    // the ledger's entry of this id; where nothing is live, of this name
    std::vector<std::string> namesakes{}; // ids of all live rows of this name, where names are not unique
    std::vector<std::string> twins{};     // of these, beside `live`: ours by their marker; without markers, its equals
};

struct Matched {
    std::vector<Candidate> candidates;  // sorted by name
    std::vector<Candidate> in_sync;     // both sides, nothing to do (adoption without a write is decided from these)
    std::vector<std::string> live_only; // names, sorted: foreign, those of `elsewhere`, and further rows of one name
    int normalised = 0;                 // of in_sync: by the last-sent rule
    int owned_ids = 0;                  // ledger entries with an id
    int missing = 0;                    // of these: ids that no row carries
    int ours_left_out = 0;              // live and ours, but not what a person asked for: no candidate, yet it counts
    std::vector<std::string>
        gone; // names of owned entries with no live row and no manifest: to be forgotten after a 404
};

// Where names are not unique, a manifest meets the row that it says to adopt, else the one that the ledger knows, else
// the one that carries our marker, else the one with the smallest id; the others are live only, whatever they carry.
Matched match(const MatchInput& input);

} // namespace kedge
