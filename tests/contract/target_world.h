// A unit with manifests in memory and any control plane. Time moves only when somebody sleeps.
#pragma once
#include "tests/contract/plane.h"
#include "tests/contract/world.h"

#include <memory>

namespace kedge {

class TargetWorld {
public:
    explicit TargetWorld(std::unique_ptr<Plane> plane);

    Look look();
    Plan plan() { return look().planned.plan; }
    Report apply();
    // Applies until nothing is done any more.
    Report converge();
    // A new process with the same ledger, nothing remembered.
    void restart();
    void add(const std::string& name, const std::string& more = {}) {
        source.set(name + ".yaml", World::remote(name, more));
    }
    // The same with another value here and there.
    void declare(const std::string& name, const Json& patch);
    void release(const Change& change);
    // What is held by one of these reasons gets a yes.
    int release_all(const std::vector<HoldReason>& reasons);
    LedgerState known();
    const Capabilities& can() { return plane->provider().dialect().describe().can; }
    bool prunes() { return can().list && can().list_has_total && can().remove; }

    EventLoop loop;
    ManualClock clock;
    std::unique_ptr<Plane> plane;
    SecretStore secrets{{}, {}, Secret("a key of the tests")};
    MemorySource source;
    MemoryLedger ledger;
    NoMemo memo;
    Worker pool;
    UnitSettings settings;
    std::unique_ptr<Unit> unit;

private:
    int releases_ = 0;
};

// The manifest of World::remote as JSON.
Json manifest_of(const std::string& name, const Json& patch = Json::object());

} // namespace kedge
