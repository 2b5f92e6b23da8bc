// Completions for bash, zsh and fish, written from the table of commands. Each stands alone: no function of the shells'
// completion packages is needed.
#pragma once
#include "cli/command_table.h"

#include <string>

namespace kedge {

std::string bash_completion(const CommandTable& table);
std::string zsh_completion(const CommandTable& table);
std::string fish_completion(const CommandTable& table);

} // namespace kedge
