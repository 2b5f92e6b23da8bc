// A whole daemon in one process: several units, each with its manifests in memory, on one sandbox control plane, with
// the controller and a store in memory. Time is virtual.
#pragma once
#include "base/failure.h"
#include "reconcile/controller.h"
#include "store/memory_stoppages.h"
#include "tests/contract/virtual_clock.h"
#include "tests/contract/world.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

// A store in memory whose disk may be full.
class FillableStoppages final : public Stoppages {
public:
    bool full = false;
    int refused = 0; // releases that it could not let go of
    Task<StandingCommands> load() override { return kept_.load(); }
    Task<void> put(Stoppage stoppage) override { return kept_.put(std::move(stoppage)); }
    Task<void> remove(Stoppage stoppage) override { return kept_.remove(std::move(stoppage)); }
    Task<void> put(CommandRelease release) override { return kept_.put(std::move(release)); }
    Task<void> remove_release(std::string unit, std::string entry) override {
        refused += full ? 1 : 0;
        if (full) throw Failure(NextAction::stop, "store: write: the disk is full");
        return kept_.remove_release(std::move(unit), std::move(entry));
    }

private:
    MemoryStoppages kept_;
};

class DaemonWorld {
public:
    explicit DaemonWorld(const std::vector<std::string>& units);

    MemorySource& source(const std::string& unit) { return households_.at(unit)->source; }
    UnitSettings& settings(const std::string& unit) { return households_.at(unit)->settings; }
    // A new unit, or one with other settings: as after a reload.
    void add_unit(const std::string& unit);
    void remove_unit(const std::string& unit);
    // A new process: what was kept is there, what was remembered is not. Also needed after settings() were moved, and
    // called by the first run.
    void restart();
    // Lets so much time pass. At `at` (from now on) things happen.
    void run(Milliseconds how_long);
    void at(Milliseconds when, std::function<void()> what) { appointments_.emplace(clock.monotonic() + when, what); }
    CommandAnswer ask(Command command, const std::string& by = "ann");
    StandingCommands kept(); // what people told it, as it would be taken up again

    Json live(const std::string& name);
    void edit_live(const std::string& name, const Json& patch);
    const UnitStatus& status(const std::string& unit) const { return *board->unit(unit); }
    std::uint64_t writes() { return plane.audit().counters().writes; }
    std::vector<std::string> events() const; // "kind unit: text"

    VirtualClock clock;
    sandbox::TrueFoundry plane;
    DirectClient direct;
    PatientClient client;
    std::unique_ptr<Dialect> dialect;
    SecretStore secrets;
    MemoryLedger ledger;
    NoMemo memo;
    Worker pool{0};
    Log log{LogLevel::error, LogFormat::human};
    std::unique_ptr<StatusBoard> board;
    std::unique_ptr<Controller> controller;
    FillableStoppages standing;
    NoChronicle chronicle;
    Counters counters;
    std::function<void()> started;                     // after each restart of run()
    std::function<void(DaemonCalls&)> tune;            // what else is told, from the next restart on
    std::shared_ptr<TargetBoard> target_board;         // where its units meet; null: they do not know of each other
    std::map<std::string, std::shared_ptr<Unit>> made; // units of the last restart
    std::vector<std::string> moved;                    // sources that a hint named
    std::map<std::string, int> passes;                 // that ended, by unit

private:
    struct Household {
        MemorySource source;
        UnitSettings settings;
        std::unique_ptr<RestProvider> provider;
    };
    void add_household(const std::string& unit);
    std::vector<std::shared_ptr<Unit>> make_units();
    Task<void> let_pass(Milliseconds how_long);

    std::map<std::string, std::unique_ptr<Household>> households_;
    std::multimap<Milliseconds, std::function<void()>> appointments_;

public:
    EventLoop loop; // goes first: what still runs on it refers to all the others
};

} // namespace kedge
