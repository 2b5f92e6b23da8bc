// What must hold for any comment: what is taken for a command stands there as a whole line, and is what it says.
#pragma once
#include "forge/comment_command.h"
#include "tests/fuzz/checks.h"

#include <string>
#include <string_view>

namespace kedge::fuzz {

inline void check_comment_command(std::string_view body) {
    const auto commands = read_comment_commands(body);
    must(commands.size() <= 20);
    for (const auto& command : commands) {
        std::string line = "kedge plan";
        if (const auto* release = std::get_if<ReleaseCommand>(&command)) {
            must(release->digest.size() >= 12 && release->digest.size() <= 64);
            must(!release->because.empty() && release->because.size() <= 300);
            for (const unsigned char c : release->because) must(c >= 0x20 && c != 0x7f);
            line = "kedge release " + release->digest + " because " + release->because;
        }
        const auto at = body.find(line);
        must(at != std::string_view::npos);
        must(("\n" + std::string(body)).find("\n" + line) != std::string::npos);
    }
}

} // namespace kedge::fuzz
