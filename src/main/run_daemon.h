// `kedge run`: the controller with its doors, from the first pass until somebody ends it.
#pragma once
#include "main/wiring.h"

namespace kedge {

// Gives the exit code. Throws what no pass may throw.
int run_daemon(Runtime& runtime);

} // namespace kedge
