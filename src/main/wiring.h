// The only place where concrete classes meet: from options, settings and environment to a session.
#pragma once
#include "cli/commands.h"
#include "main/members.h"
#include "main/unit_set.h"
#include "store/chronicle.h"
#include "store/outbox.h"
#include "store/previews.h"
#include "store/stoppages.h"

#include <memory>
#include <set>
#include <string>

namespace kedge {

// What a command may touch.
enum class StoreUse {
    none,  // validate
    read,  // plan, release: works beside a running daemon; remembers results only where the store is free
    write, // apply, run, disown: the store is ours alone
};

// The file of settings that is meant.
std::string settings_file(const Options& options);
// Settings from the file, or from the flags where a path is given. Findings where they are wrong.
LoadedSettings settings_for(const Options& options, const Environment& environment);

// Owns everything that a session refers to. Throws Failure, StoreBusy where another process holds the store.
class Runtime final {
public:
    Runtime(Settings settings, const Options& options, const Environment& environment, StoreUse use);
    ~Runtime();
    Session& session();
    Chronicle& chronicle();
    Stoppages& standing(); // what people told kedge by command
    Previews& previews();  // what was shown of pull requests
    std::unique_ptr<Outbox> make_outbox();
    Counters& counters(); // of a daemon; they outlive every set
    const Environment& environment() const;
    std::shared_ptr<const SecretStore> own_secrets() const;
    Members* members(); // null: this kedge is the only one

    // The units of the settings as they are, and of others that take their place once `take` is called.
    const std::shared_ptr<UnitSet>& set() const;
    // Throws Failure where that cannot be: a key of the store moved, a credential cannot be read. Nothing has changed
    // then.
    Task<std::shared_ptr<UnitSet>> read_set(Settings settings);
    void take(std::shared_ptr<UnitSet> set);

    // For validate: reads the manifests of every unit, asks no control plane.
    struct Validation {
        std::vector<Finding> findings;
        int manifests = 0;
    };
    Validation validate();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Runs one command line. Gives the exit code.
int run_kedge(const std::vector<std::string>& arguments, const Environment& environment);

} // namespace kedge
