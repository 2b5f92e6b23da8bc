// What happened: passes and what became of their changes, for people. Bounded; losing it changes no decision.
#pragma once
#include "io/task.h"
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
    // Why nothing is remembered; empty: it is.
    virtual std::string problem() const { return {}; }
};

// A run without a store has no history.
class NoChronicle final : public Chronicle {
public:
    Task<void> append(LedgerKey key, PassRecord record) override;
    Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) override;
};

} // namespace kedge
