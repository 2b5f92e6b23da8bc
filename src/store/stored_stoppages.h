// Stoppages in a store: every call is one durable transaction, every row is sealed. A damaged one stops kedge, for what
// was stopped must not go on by itself.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/stoppages.h"

#include <memory>

namespace kedge {

Schema stoppages_schema();

class StoredStoppages final : public Stoppages {
public:
    // Blocks for some milliseconds. Throws Failure.
    explicit StoredStoppages(const StoreEngine& engine);

    Task<StandingCommands> load() override;
    Task<void> put(Stoppage stoppage) override;
    Task<void> remove(Stoppage stoppage) override;
    Task<void> put(CommandRelease release) override;
    Task<void> remove_release(std::string unit, std::string entry) override;

private:
    std::unique_ptr<Database> database_;
    Worker worker_; // the only thread that uses the connection after the constructor
};

} // namespace kedge
