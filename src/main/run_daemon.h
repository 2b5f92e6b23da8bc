// `kedge run`: the controller with its doors, from the first pass until somebody ends it; settings are read anew when
// asked to (SIGHUP) or when their files move, and taken up whole or not at all.
#pragma once
#include "main/file_watch.h"
#include "main/wiring.h"

namespace kedge {

// `files`: as the settings were before they were read. Gives the exit code. Throws Failure where it cannot begin, and
// what no pass may throw.
int run_daemon(Runtime& runtime, const Options& options, FileWatch files);

} // namespace kedge
