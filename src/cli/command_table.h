// The commands and their options as values, read from the very parser that takes them: what manual pages and
// completions are written from, so that they cannot say anything else.
#pragma once
#include <string>
#include <vector>

namespace kedge {

struct CommandOption {
    std::vector<std::string> names; // "-o", "--output"; none: only a positional
    std::string positional;         // "PATH"; empty: none
    std::string value;              // what it takes: "FORMAT"; empty: nothing
    std::string help;
    std::string environment; // variable that stands in for it; empty: none
    std::vector<std::string> choices;
    bool required = false;
    bool repeatable = false;
};

struct CommandEntry {
    std::string name;
    std::vector<std::string> aliases;
    std::string about;
    std::vector<CommandOption> options;
};

struct CommandTable {
    std::string about;
    std::string footer; // exit codes and environment
    std::vector<CommandEntry> commands;
};

CommandTable command_table();

} // namespace kedge
