// What happened: passes and what became of their changes, for people. Bounded; losing it changes no decision.
#pragma once
#include "io/task.h"
#include "model/history_query.h"
#include "model/pass_record.h"
#include "store/ledger.h"

#include <string>
#include <vector>

namespace kedge {

class Chronicle {
public:
    virtual ~Chronicle() = default;
    // Never throws for reasons of the disk.
    virtual Task<void> append(LedgerKey key, PassRecord record) = 0;
    // The newest first, at most so many passes. With a name: only passes in which it changed, and only its changes.
    virtual Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) = 0;
    // Of all units and targets that this store has ever known, the newest first. With a name or a person: only passes
    // with such changes, and only those of their changes.
    virtual Task<std::vector<PassRecord>> search(HistoryQuery query) = 0;
    // Why something is not remembered at present; empty: all is.
    virtual std::string problem() const { return {}; }
};

// A run without a store has no history.
class NoChronicle final : public Chronicle {
public:
    Task<void> append(LedgerKey key, PassRecord record) override;
    Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) override;
    Task<std::vector<PassRecord>> search(HistoryQuery query) override;
};

} // namespace kedge
