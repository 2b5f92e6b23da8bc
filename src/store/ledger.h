// What must not be lost. One ledger holds many units; each call names the unit and the target it speaks of.
#pragma once
#include "io/task.h"
#include "model/ledger_state.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

struct LedgerKey {
    std::string installation;
    std::string unit;
    std::string target; // configured name of the target; the identity is pinned inside

    auto operator<=>(const LedgerKey&) const = default;
};

class Ledger {
public:
    virtual ~Ledger() = default;
    virtual Task<LedgerState> load(LedgerKey key) = 0;
    // One durable transaction: outcomes, then adopt, known, forget, spend, pins, paths, moves and tags, then intents.
    // Gives the ids of `batch.intents`, in order. An intent spends its release entry; an outcome that was not sent, or
    // says free_release, gives it back. An empty batch only makes the unit known. Throws Failure where nothing was
    // written: retry for a full disk or a file that another process holds, else stop.
    virtual Task<std::vector<std::int64_t>> commit(LedgerKey key, LedgerBatch batch) = 0;
    // The texts of KnownDocument of these names, by name; those that there are. A text may be older than the entry: it
    // goes with it where document_digest gives OwnedEntry::answered.
    virtual Task<std::map<std::string, std::string>> known(LedgerKey key, std::vector<std::string> names) = 0;
    // Forgets everything of this key (kedge disown).
    virtual Task<void> drop(LedgerKey key) = 0;
};

} // namespace kedge
