#include "base/repository_key.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(repository_key, is_one_for_all_spellings) {
    for (const auto* url : {"https://git.example.com/team/mcp.git", "https://Git.Example.com/Team/MCP/",
                            "http://GIT.example.com:8080/team/mcp", "https://bot:token@git.example.com:443/team/mcp",
                            "ssh://git@git.example.com:22/team/mcp.git", "ssh://git@git.example.com/team/mcp",
                            "git@git.example.com:team/mcp.git", "git@git.example.com:/team/mcp"}) {
        EXPECT_EQ(repository_key(url), "git.example.com/team/mcp") << url;
    }
    EXPECT_EQ(repository_key("https://[2001:DB8::1]:3000/a/b"), "[2001:db8::1]/a/b");
    EXPECT_EQ(repository_key("ssh://git@[2001:db8::1]/a/b"), "[2001:db8::1]/a/b");
}

TEST(repository_key, tells_places_apart) {
    EXPECT_NE(repository_key("https://git.example.com/a/c"), "git.example.com/a/b");
    EXPECT_NE(repository_key("https://git.example.com.evil.example/a/b"), "git.example.com/a/b");
    EXPECT_NE(repository_key("https://evil.example/git.example.com/a/b"), "git.example.com/a/b");
    EXPECT_NE(repository_key("https://git.example.com@evil.example/a/b"), "git.example.com/a/b");
}

TEST(repository_key, what_names_no_repository_of_a_host_has_none) {
    for (const auto* url :
         {"", "/", "a", "@", "a@", ":", "mcp", "/srv/git/mcp.git", "https://", "https:///", "https://host",
          "https://host/", "file:///srv/x", "://", "git@host:", "https://host/.git", "https://:80/a", "https://u@/a"}) {
        EXPECT_EQ(repository_key(url), "") << url;
        EXPECT_EQ(repository_path(url), "") << url;
    }
}

TEST(repository_path, is_what_forges_call_a_repository) {
    EXPECT_EQ(repository_path("https://git.example.com/Acme/MCP.git"), "Acme/MCP");
    EXPECT_EQ(repository_path("git@gitlab.example.com:group/sub/name.git"), "group/sub/name");
}
