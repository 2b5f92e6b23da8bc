// An event loop that is watched while it runs: whoever holds it for long keeps everybody else waiting.
#pragma once
#include "io/task.h"

namespace kedge {

// As run_to_end() of io/run.h. Raises `longest` to the longest step between two turns of the loop, in seconds of its
// thread's processor time: what other processes of the machine do does not show in it, nor does waiting for a disk.
void run_to_end(EventLoop& loop, Task<void> task, double& longest);

// Lets everything else that is ready have its turn first: for long work that cannot leave the loop.
Task<void> next_turn();

} // namespace kedge
