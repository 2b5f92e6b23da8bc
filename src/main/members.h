// Several kedges of one installation: who this one is among them, which control planes it may write to, and the fence
// before each write. Without `lease` in the settings there are no members, and nobody is asked.
#pragma once
#include "io/log.h"
#include "lease/lease_keeper.h"
#include "main/settings.h"
#include "main/unit_set.h"
#include "model/counters.h"
#include "reconcile/unit.h"
#include "store/postgres_connection.h"

#include <functional>
#include <memory>
#include <string>

namespace kedge {

// How the database of these settings is reached. The password is read at each connecting.
PostgresOptions postgres_options(const Settings& settings, std::shared_ptr<const SecretStore> own_secrets);

// Throws Failure(stop) where `kedge run` would write in a pod that may have copies, and nobody says which of them may.
void refuse_copies(const Settings& settings, const Environment& environment);

class Members final {
public:
    struct Ground {
        const Environment& environment;
        Log& log;
        std::shared_ptr<const SecretStore> own_secrets;
    };
    // Blocks: joins the others. Throws StoreBusy where a command is at work, Failure where members of another version
    // are, or the table of leases cannot be reached.
    Members(const Settings& settings, const Ground& ground);
    ~Members();

    // Whom to tell; before run().
    using Concerns = std::function<bool(const Unit&)>;
    struct Calls {
        std::function<void(const Concerns&)> gained;
        std::function<void(const Concerns&)> lost; // or never ours: who has them has changed
        std::function<void()> leading;             // whether this member leads has changed
    };
    void tell(Calls calls) { calls_ = std::move(calls); }
    // Which control planes there are.
    void take(const Settings& settings);
    Task<void> run() { return keeper_->run(); }
    void leave() { keeper_->leave(); }

    // Right before a write; empty: it may begin.
    std::string forbids(const std::string& address);
    // A write that was begun was given up without an answer: it may still arrive.
    void unanswered(const std::string& address) { keeper_->unanswered(shard(address)); }
    std::string held_by(const Unit& unit) const; // empty: by us
    void under_way(const Unit& unit, bool begins);
    // One of all members does what is nobody's in particular: previews.
    bool leads() const;
    void count(Counters& counters) const;

private:
    struct Table;
    int shard(const std::string& address) const;

    bool one_shard_;
    std::unique_ptr<Table> table_;
    SystemClock clock_; // goes on while kedge ends
    std::unique_ptr<LeaseKeeper> keeper_;
    std::set<int> wanted_;
    Calls calls_;
};

} // namespace kedge
