// `kedge store`: what is in the store of the settings, a copy of it, and a copy brought back.
#pragma once
#include "cli/options.h"
#include "cli/terminal.h"
#include "main/settings.h"
#include "main/unit_set.h"

namespace kedge {

// Gives the exit code. Throws Failure, StoreBusy where another kedge is at work on what is to be written.
int store_command(const Settings& settings, const Options& options, const Environment& environment, Terminal& terminal);

} // namespace kedge
