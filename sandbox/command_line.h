// What kedge-sandbox was asked to do: its arguments as a value, and the text of --list.
#pragma once
#include "sandbox/apis.h"
#include "sandbox/faults.h"
#include "sandbox/people.h"
#include "sandbox/server.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kedge::sandbox {

struct CommandLine {
    SandboxPorts ports;
    std::string api = "truefoundry"; // a name of apis()
    std::string tenant = "acme";
    std::string base_path;
    std::vector<std::string> tokens; // TOKEN:ROLE, from --token and --token-file
    std::string token_file;
    std::string state_file;
    std::vector<std::string> knobs;  // name=value
    std::vector<std::string> faults; // see parse_fault
    std::string ports_file;
    bool api_given = false;
    bool list = false;
};

// The rest throws Failure(stop) with all that is wrong in one text.
const ApiEntry& api_of(const CommandLine& asked);
std::unique_ptr<ControlPlane> plane_of(const CommandLine& asked, PlaneOptions options); // with knobs, people, faults
std::vector<Fault> faults_of(const CommandLine& asked);
std::vector<std::pair<std::string, Person>> people_of(const CommandLine& asked);

// What every API serves, or only the one that was asked for.
std::string list_text(const CommandLine& asked);

} // namespace kedge::sandbox
