// A ledger that lives as long as the process: plans without a store, and tests. The same rules as the one on disk.
#pragma once
#include "store/ledger.h"

#include <map>
#include <set>

namespace kedge {

class MemoryLedger final : public Ledger {
public:
    Task<LedgerState> load(LedgerKey key) override;
    Task<std::vector<std::int64_t>> commit(LedgerKey key, LedgerBatch batch) override;
    Task<std::map<std::string, std::string>> known(LedgerKey key, std::vector<std::string> names) override;
    Task<void> drop(LedgerKey key) override;

private:
    struct Unit {
        LedgerState state;                                   // `spent` is worked out when loading
        std::map<std::string, std::set<std::int64_t>> spent; // entry -> intents that spent it (0: none)
        std::map<std::string, std::string> known;
    };
    static void forget(Unit& unit, const std::string& name);
    void close(Unit& unit, const IntentOutcome& outcome);

    std::map<LedgerKey, Unit> units_;
    std::int64_t last_id_ = 0;
};

} // namespace kedge
