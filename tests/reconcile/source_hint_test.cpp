#include "reconcile/source_hint.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(source_hint, every_spelling_of_a_repository_has_one_key) {
    for (const auto* url : {"https://git.example.com/team/mcp.git", "https://Git.Example.com/Team/MCP/",
                            "https://bot:token@git.example.com:443/team/mcp",
                            "ssh://git@git.example.com:22/team/mcp.git", "git@git.example.com:team/mcp.git"}) {
        EXPECT_EQ(repository_key(url), "git.example.com/team/mcp") << url;
    }
}

TEST(source_hint, what_names_no_repository_of_a_host_has_none) {
    for (const auto* url : {"", "mcp", "/srv/git/mcp.git", "https://", "https://host", "https://host/", "file:///srv/x",
                            "://", "git@host:"}) {
        EXPECT_EQ(repository_key(url), "") << url;
    }
}

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
