// The ledger in STORE/ledger.db. Every commit is one durable transaction, every row is sealed; a damaged file stops
// kedge and is never repaired or removed by it. One process at a time: the holder of the StoreLock.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/ledger.h"

#include <filesystem>

namespace kedge {

class SqliteLedger final : public Ledger {
public:
    // Opens or makes the file, blocking for some milliseconds. Throws Failure.
    explicit SqliteLedger(const std::filesystem::path& store, const SqliteOptions& options = {});

    Task<LedgerState> load(LedgerKey key) override;
    Task<std::vector<std::int64_t>> commit(LedgerKey key, LedgerBatch batch) override;
    Task<std::map<std::string, std::string>> known(LedgerKey key, std::vector<std::string> names) override;
    Task<void> drop(LedgerKey key) override;

private:
    Database database_;
    Worker worker_; // the only thread that uses the connection after the constructor
};

} // namespace kedge
