// Stoppages that live as long as the process: a daemon without a store, and tests.
#pragma once
#include "store/stoppages.h"

#include <map>

namespace kedge {

class MemoryStoppages final : public Stoppages {
public:
    Task<StandingCommands> load() override;
    Task<void> put(Stoppage stoppage) override;
    Task<void> remove(Stoppage stoppage) override;
    Task<void> put(CommandRelease release) override;
    Task<void> remove_release(std::string unit, std::string entry) override;

private:
    std::map<std::string, Stoppage> stoppages_;
    std::vector<CommandRelease> releases_;
};

} // namespace kedge
