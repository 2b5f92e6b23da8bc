#include "reconcile/source_hint.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(source_hint, concerns_the_followed_ref_of_the_named_repository_alone) {
    const std::vector<std::string> urls{"https://git.example.com/team/mcp.git"};
    const std::string source = "git@git.example.com:team/mcp";
    EXPECT_TRUE(concerns(urls, "refs/heads/main", source, "refs/heads/main"));
    EXPECT_FALSE(concerns(urls, "refs/heads/other", source, "refs/heads/main"));
    EXPECT_TRUE(concerns(urls, "", source, "refs/heads/main")) << "a forge that does not say which";
    EXPECT_TRUE(concerns(urls, "refs/heads/main", source, "")) << "the default branch, whatever it is called";
    EXPECT_FALSE(concerns(urls, "", "git@git.example.com:team/mcp-two", ""));
    EXPECT_FALSE(concerns({}, "", source, ""));
    EXPECT_FALSE(concerns({""}, "", "/srv/git/mcp.git", "")) << "a folder is nobody's repository";
}
