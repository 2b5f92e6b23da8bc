// What a comment asks of kedge: a line that is exactly `kedge plan` or `kedge release DIGEST because TEXT`. Anything
// else, also what is quoted, in a code block or hidden in an HTML comment, is no command. Who may say it is not asked
// here.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kedge {

struct PlanCommand {
    bool operator==(const PlanCommand&) const = default;
};
struct ReleaseCommand {
    std::string digest; // 12 to 64 hex digits in lower case: the beginning of a change or group digest, or all of it
    std::string because;

    bool operator==(const ReleaseCommand&) const = default;
};
using CommentCommand = std::variant<PlanCommand, ReleaseCommand>;

// At most 20 of them, from the first 4 KiB, in their order.
std::vector<CommentCommand> read_comment_commands(std::string_view body);
// The same for the same commands.
std::string digest_of(const std::vector<CommentCommand>& commands);

} // namespace kedge
