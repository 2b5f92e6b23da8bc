// What must not be lost, as values: who owns what, what was last sent, which releases are spent, which writes may be
// under way.
#pragma once
#include "base/digest.h"
#include "base/duration.h"
#include "model/change.h"
#include "model/limits.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// One registration that this unit owns on this target.
struct OwnedEntry {
    std::string name;
    std::string type;
    std::string remote_id;
    std::string path;           // of the manifest, when last seen
    std::string blob_id;        // of the file that the last write was made from, or that was equal at adoption
    Digest sent;                // desired digest of the last write; empty: adopted, never written
    Digest answered;            // live digest of the answer to that write
    std::string version;        // of that answer
    std::string fingerprints;   // keyed fingerprint over the secret values last sent; empty: none, or unknown
    std::string commit;         // commit whose text was last applied
    UnixSeconds declared = 0;   // last pass that saw it in git; 0: this ledger never saw it declared
    UnixSeconds undeclared = 0; // first pass that saw it gone from git; 0: it is declared
    bool prune_never = false;
    bool marked = false;                   // our marker was part of the last write or seen live
    std::vector<std::string> superseded{}; // ids that a replacement has followed: still ours, deleted next
    Digest hidden{}; // IndexEntry::hidden as last sent, or as it stood at adoption; empty: unknown, or no such field

    bool operator==(const OwnedEntry&) const = default;
};

// The registration of this id is gone. False: the name still has another one, and `entry` says which.
bool lets_go_of_name(OwnedEntry& entry, const std::string& remote_id);
// A live registration that is not as it was left: seen so by a list.
struct LiveMove {
    Digest live;           // what it became; empty: it is not there
    UnixSeconds after = 0; // the last list that did not show it yet; 0: unknown
    UnixSeconds seen = 0;  // the first list that did

    bool operator==(const LiveMove&) const = default;
};

// What OwnedEntry::answered was made of: canonical, secrets sealed or masked. Kept apart from the entries, which are
// always read: it is asked for by name, where live has moved.
struct KnownDocument {
    std::string name;
    std::string text;

    bool operator==(const KnownDocument&) const = default;
};

// Written before a send: the change may have been sent.
struct Intent {
    std::int64_t id = 0; // given by the ledger
    std::string name;
    std::string type;
    Action action = Action::keep;
    std::string remote_id;
    Digest change;
    Digest desired;
    bool auth_change = false;
    std::string release_entry; // hex; empty where nothing was forced
    UnixSeconds at = 0;
    std::vector<std::string> known_ids{}; // create where names are not unique: ids that bore this name before
    bool prune_never = false;             // what the manifest said when this was sent

    bool operator==(const Intent&) const = default;
};

// What all entries of a unit were made under. Empty: nothing was pinned yet.
struct LedgerPins {
    std::string tenant;   // identity key of the target: another one stops the pass
    std::string seal_key; // id of the installation key: under another one, what was sent is unknown
    std::string rules;    // dialect and version of the comparison rules
    std::string commit{}; // rolled back: the unit stays at it until it is resumed

    bool operator==(const LedgerPins&) const = default;
};

struct LedgerState {
    LedgerPins pins;
    std::map<std::string, OwnedEntry> owned; // by name
    std::vector<Intent> open;                // intents without an outcome
    std::set<std::string> spent;             // hex of release entries
    std::set<std::string> manifest_paths;    // paths that held manifests
    // Of the last day, oldest first; open intents are not in it. One that keeps: what was written before is not known.
    std::vector<PastWrite> recent;
    std::map<std::string, LiveMove> moved; // by name
    UnixSeconds listed = 0;                // when the last list was read that `moved` was made from; 0: never
    // By remote id: the first list that showed the tag `kedge-pause` on it, and every later one did.
    std::map<std::string, UnixSeconds> tagged{};
    bool is_new = false; // this unit has never been written here
    bool kept = false;   // false: in memory only, so that every start begins anew
};

// What becomes of one intent.
struct IntentOutcome {
    std::int64_t id = 0;
    bool sent = true;                // false: closed as not sent
    bool free_release = false;       // read-back found the write absent: the release may be used again
    std::optional<OwnedEntry> owned; // new state of the name, where it is ours now
    // The registration of this intent's id is not ours any more (deleted, or gone). Where the name has another id by
    // now, only the superseded id goes.
    bool forget = false;
    std::string known{}; // text of the KnownDocument that goes with `owned`; empty: none

    bool operator==(const IntentOutcome&) const = default;
};

// One transaction.
struct LedgerBatch {
    std::vector<Intent> intents;         // to open; ids are given in this order
    std::vector<IntentOutcome> outcomes; // to close
    std::vector<OwnedEntry> adopt;       // to insert or replace, without an intent
    std::vector<std::string> forget;     // names
    std::vector<std::string> spend;      // release entries (hex) to mark spent without a write
    std::optional<LedgerPins> pins;
    std::optional<std::set<std::string>> manifest_paths;
    std::vector<KnownDocument> known;                           // to insert or replace; of names that are owned
    std::optional<std::map<std::string, LiveMove>> moved;       // all of them
    UnixSeconds listed = 0;                                     // 0: no list was read
    std::optional<std::map<std::string, UnixSeconds>> tagged{}; // all of them
    UnixSeconds past_unknown = 0; // somebody may have written until then, and nobody knows what; 0: nobody has

    bool empty() const {
        return intents.empty() && outcomes.empty() && adopt.empty() && forget.empty() && spend.empty() && !pins &&
               !manifest_paths && known.empty() && !moved && listed == 0 && !tagged && past_unknown == 0;
    }
};

} // namespace kedge
