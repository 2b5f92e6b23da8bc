// What people told kedge by command and must not be lost: pauses and freezes, which losing would end, and releases that
// no file in git holds. What is over or spent is taken out by who put it there.
#pragma once
#include "io/task.h"
#include "model/command_release.h"
#include "model/stoppage.h"

#include <string>
#include <vector>

namespace kedge {

struct StandingCommands {
    std::vector<Stoppage> stoppages;      // freezes, then pauses, sorted by name, unit and registration
    std::vector<CommandRelease> releases; // in the order of their coming

    bool operator==(const StandingCommands&) const = default;
};

// Of all units of the store. A call that returns is durable; one that throws Failure changed nothing.
class Stoppages {
public:
    virtual ~Stoppages() = default;
    virtual Task<StandingCommands> load() = 0;
    // Takes the place of the freeze of this name, or of the pause of the same unit and registration.
    virtual Task<void> put(Stoppage stoppage) = 0;
    virtual Task<void> remove(Stoppage stoppage) = 0; // as it is called: the rest need not fit
    virtual Task<void> put(CommandRelease release) = 0;
    // By the hash of the whole entry, as in LedgerState::spent and Change::release_entry.
    virtual Task<void> remove_release(std::string unit, std::string entry) = 0;
};

// How a stoppage is called: no two of one name stand beside each other.
std::string stoppage_key(const Stoppage& stoppage);

} // namespace kedge
