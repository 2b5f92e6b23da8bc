// The only place where concrete classes meet: from options, settings and environment to a session.
#pragma once
#include "cli/commands.h"
#include "main/settings.h"
#include "store/chronicle.h"
#include "store/stoppages.h"

#include <map>
#include <memory>
#include <string>

namespace kedge {

using Environment = std::map<std::string, std::string>;

// What a command may touch.
enum class StoreUse {
    none,  // validate
    read,  // plan, release: works beside a running daemon; remembers results only where the store is free
    write, // apply, run, disown: the store is ours alone
};

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
