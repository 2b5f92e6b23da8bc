// Manual pages in roff, written from the table of commands: one of kedge, one of each command.
#pragma once
#include "cli/command_table.h"

#include <string>

namespace kedge {

struct PageStamp {
    std::string version;
    std::string date; // 2026-11-30
};

std::string manual_of_kedge(const CommandTable& table, const PageStamp& stamp);
std::string manual_of_command(const CommandEntry& command, const PageStamp& stamp);

} // namespace kedge
