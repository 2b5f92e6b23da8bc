// Runs a child process: a fixed argument vector (never a shell), a clean environment, its own process group, a
// deadline, bounded output; at the deadline SIGTERM, then SIGKILL, to the whole group.
#pragma once
#include "base/duration.h"
#include "io/stop.h"
#include "io/task.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

struct ProcessRequest {
    std::vector<std::string> arguments;             // [0] is looked up in PATH of `environment`
    std::map<std::string, std::string> environment; // all of it: nothing is inherited
    std::string directory;                          // empty: unchanged
    std::string input;                              // written to standard input
    Milliseconds deadline{120000};
    std::size_t most_output_bytes = 64 * 1024 * 1024; // each of stdout and stderr; beyond it the child is ended
    Stop* stop = nullptr;                             // once it is asked for, the child is ended
};

struct ProcessResult {
    int exit_code = -1; // -1: ended by a signal
    int signal = 0;
    bool timed_out = false;
    bool stopped = false; // ended because of `stop`
    bool output_too_large = false;
    std::string output;
    std::string errors;
};

// Throws Failure(stop) where the program cannot be started.
Task<ProcessResult> run_process(ProcessRequest request);

} // namespace kedge
