// Starts a child process in its own process group, with nothing inherited but three pipes. Leaves running it to
// process.cpp.
#pragma once
#include "io/descriptor.h"
#include "io/process.h"

#include <sys/types.h>

namespace kedge {

struct SpawnedProcess {
    pid_t pid = -1;
    Descriptor handle; // readable once the child has ended; none where the kernel has no pidfd
    Descriptor input;  // none where there is nothing to write: the child reads nothing at all
    Descriptor output;
    Descriptor errors;
};

// Throws Failure(stop) where the program cannot be started, Failure(retry) where the machine is short of something.
SpawnedProcess spawn_process(const ProcessRequest& request);

} // namespace kedge
