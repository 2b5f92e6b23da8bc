#include "forge/comment_command.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

const std::string digest = "0123456789ab";

std::vector<CommentCommand> read(const std::string& body) {
    return read_comment_commands(body);
}
std::vector<CommentCommand> plan() {
    return {PlanCommand{}};
}
std::vector<CommentCommand> release(const std::string& because) {
    return {ReleaseCommand{digest, because}};
}

} // namespace

TEST(comment_command, is_a_line_that_says_exactly_that) {
    EXPECT_EQ(read("kedge plan"), plan());
    EXPECT_EQ(read("Thanks!\r\n\r\nkedge plan  \r\n"), plan());
    EXPECT_EQ(read("kedge release " + digest + " because it was agreed, see #4\n"), release("it was agreed, see #4"));
    const auto both = read("kedge plan\nkedge release " + digest + " because x because y");
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[1], CommentCommand(ReleaseCommand{digest, "x because y"}));
}

TEST(comment_command, is_nothing_else) {
    for (const std::string body : {"",
                                   "kedge",
                                   "kedge  plan",
                                   "Kedge plan",
                                   " kedge plan",
                                   "kedge plan please",
                                   "please kedge plan",
                                   "> kedge plan",
                                   "- kedge plan",
                                   "`kedge plan`",
                                   "\tkedge plan",
                                   "@kedge plan",
                                   "kedge apply",
                                   "kedge release",
                                   "kedge release 0123456789ab",
                                   "kedge release 0123456789ab because",
                                   "kedge release 0123456789ab because ",
                                   "kedge release 0123456789ab because  x",
                                   "kedge release 0123456789a because x",
                                   "kedge release 0123456789AB because x",
                                   "kedge release 0123456789ag because x",
                                   "kedge release  0123456789ab because x",
                                   "kedge release 0123456789ab Because x",
                                   "kedge release 0123456789ab --because x",
                                   "kedge release 0123456789ab because a\x01z"}) {
        EXPECT_EQ(read(body).size(), 0u) << body;
    }
    EXPECT_EQ(read("kedge release " + std::string(65, 'a') + " because x").size(), 0u);
    EXPECT_EQ(read("kedge release " + std::string(64, 'a') + " because x").size(), 1u);
    EXPECT_EQ(read("kedge release " + digest + " because " + std::string(301, 'x')).size(), 0u);
}

TEST(comment_command, is_not_what_stands_in_a_code_block_or_where_nobody_sees_it) {
    EXPECT_EQ(read("```\nkedge plan\n```\n").size(), 0u);
    EXPECT_EQ(read("  ~~~ sh\nkedge plan\n~~~\nkedge plan").size(), 1u);
    EXPECT_EQ(read("```\n~~~\nkedge plan\n```\nkedge plan").size(), 1u);
    EXPECT_EQ(read("```\nkedge plan").size(), 0u) << "a block that nobody ends goes on";
    EXPECT_EQ(read("fine <!-- \nkedge plan\n --> \nkedge plan").size(), 1u);
    EXPECT_EQ(read("<!-- x -->\nkedge plan").size(), 1u);
}

TEST(comment_command, is_bounded_in_number_and_place) {
    std::string many;
    for (int i = 0; i < 30; ++i) many += "kedge plan\n";
    EXPECT_EQ(read(many).size(), 20u);
    const std::string long_ago(4090, 'x');
    EXPECT_EQ(read(long_ago + "\nkedge plan and more that is cut off").size(), 0u);
    EXPECT_EQ(read("kedge plan\n" + long_ago + long_ago).size(), 1u);
    EXPECT_EQ(read(std::string(5000, 'x')).size(), 0u);
}
