// Which running kedge a command speaks to: one that is named, or the one at the socket of the settings where it
// answers.
#pragma once
#include "cli/options.h"
#include "cli/terminal.h"
#include "main/wiring.h"

#include <optional>

namespace kedge {

// Gives the exit code; nothing where no daemon is there and the store can serve the command (`status` says so). Throws
// Failure where a daemon is named, or the command is for a daemon alone, and none answers.
std::optional<int> at_daemon(const Options& options, const Environment& environment, Terminal& terminal);

} // namespace kedge
