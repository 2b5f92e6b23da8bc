// Stoppages in STORE/stoppages.db: every call is one durable transaction, every row is sealed. A damaged file stops
// kedge, for what was stopped must not go on by itself.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/stoppages.h"

#include <filesystem>

namespace kedge {

class SqliteStoppages final : public Stoppages {
public:
    // Opens or makes the file, blocking for some milliseconds. Throws Failure.
    explicit SqliteStoppages(const std::filesystem::path& store, const SqliteOptions& options = {});

    Task<StandingCommands> load() override;
    Task<void> put(Stoppage stoppage) override;
    Task<void> remove(Stoppage stoppage) override;
    Task<void> put(CommandRelease release) override;
    Task<void> remove_release(std::string unit, std::string entry) override;

private:
    Database database_;
    Worker worker_; // the only thread that uses the connection after the constructor
};

} // namespace kedge
