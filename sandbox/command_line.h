// What kedge-sandbox was asked to do: its arguments as a value, and the text of --list.
#pragma once
#include "sandbox/faults.h"
#include "sandbox/knobs.h"
#include "sandbox/people.h"
#include "sandbox/server.h"

#include <string>
#include <utility>
#include <vector>

namespace kedge::sandbox {

struct CommandLine {
    SandboxPorts ports;
    std::string tenant = "acme";
    std::vector<std::string> tokens; // TOKEN:ROLE, from --token and --token-file
    std::string token_file;
    std::string state_file;
    std::vector<std::string> knobs;  // name=value
    std::vector<std::string> faults; // see parse_fault
    std::string ports_file;
    bool list = false;
};

// The rest throws Failure(stop) with all that is wrong in one text.
Knobs knobs_of(const CommandLine& asked);
std::vector<Fault> faults_of(const CommandLine& asked);
std::vector<std::pair<std::string, Person>> people_of(const CommandLine& asked);

// The tokens used where none are given; "tfy_" makes the vendor's clients take them as opaque.
std::vector<std::string> demo_tokens();

std::string list_text();

} // namespace kedge::sandbox
