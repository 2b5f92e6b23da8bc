// The ledger in a store. Every commit is one durable transaction, every row is sealed; a damaged one stops kedge and is
// never repaired or removed by it. One process writes of a unit at a time: the holder of the StoreLock or of its lease.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/ledger.h"
#include "store/ledger_rows.h"

#include <memory>

namespace kedge {

class StoredLedger final : public Ledger {
public:
    // Blocks for some milliseconds. Throws Failure.
    explicit StoredLedger(const StoreEngine& engine) : database_(engine.open(ledger_schema())) {}

    Task<LedgerState> load(LedgerKey key) override;
    Task<std::vector<std::int64_t>> commit(LedgerKey key, LedgerBatch batch) override;
    Task<std::map<std::string, std::string>> known(LedgerKey key, std::vector<std::string> names) override;
    Task<void> drop(LedgerKey key) override;

private:
    std::unique_ptr<Database> database_;
    Worker worker_; // the only thread that uses the connection after the constructor
};

} // namespace kedge
