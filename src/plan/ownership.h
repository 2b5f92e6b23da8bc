// Whose a live registration is: what its marker says and what the ledger says.
#pragma once
#include "model/ledger_state.h"
#include "model/live.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace kedge {

// Who we are, for ownership. Empty installation: nothing can carry our marker, prune is off.
struct UnitIdentity {
    std::string installation;
    std::string unit;

    // Nobody named an installation and a unit: a plan for a stranger, who owns nothing.
    bool is_stranger() const { return installation.empty() || unit.empty(); }
};

enum class Ownership { ours, foreign, other_installation };

// Ours: carries our fitting marker (any unit of this installation that does not declare the name: a hand-over), or its
// id is in the ledger and it carries no fitting marker of another installation.
Ownership ownership_of(const LiveEntry& live, const LedgerState& ledger, const UnitIdentity& us);

// The same where the ledger's entry of this id is at hand (null: it has none). Looks at the check digits only where
// they decide.
Ownership ownership_of(const LiveEntry& live, const OwnedEntry* owned, const UnitIdentity& us);

// Which unit of our installation the fitting marker names; empty: none of ours.
std::string marked_unit(const LiveEntry& live, const UnitIdentity& us);

// The registration of this id was followed by another one: what is left of it is to be deleted.
inline bool is_superseded(const OwnedEntry* owned, const LiveEntry& live) {
    return owned != nullptr && owned->remote_id != live.remote_id;
}

// Ledger entries by remote id (superseded ones too), worked out at the first question: most passes never ask.
class OwnedById {
public:
    explicit OwnedById(const LedgerState& ledger) : ledger_(ledger) {}
    const OwnedEntry* find(std::string_view remote_id);

private:
    const LedgerState& ledger_;
    std::unordered_map<std::string_view, const OwnedEntry*> by_id_;
    bool ready_ = false;
};

} // namespace kedge
