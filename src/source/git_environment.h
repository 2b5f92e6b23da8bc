// The whole environment of a git child: nothing is inherited but PATH and the proxy variables. Credentials travel here,
// as configuration values in the environment: never in an argument, never in a file.
#pragma once
#include "source/git_options.h"

#include <map>
#include <string>

namespace kedge {

// `home`: an empty folder of the mirror's own.
std::map<std::string, std::string> git_environment(const GitSourceOptions& options, const std::string& home);

// For a shell that reads GIT_SSH_COMMAND: 'text', whatever it holds.
std::string shell_quoted(const std::string& text);

} // namespace kedge
