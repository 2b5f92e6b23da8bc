#include "preview/file_links.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

const std::string head(40, 'a');

PullRequest pull(const std::string& url, const std::string& commit = head) {
    PullRequest one;
    one.url = url;
    one.head_commit = commit;
    return one;
}

} // namespace

TEST(file_links, follow_the_address_of_the_pull_request) {
    EXPECT_EQ(file_link(ForgeKind::github, pull("https://github.com/acme/platform/pull/12")),
              "https://github.com/acme/platform/blob/" + head + "/{path}#L{line}");
    EXPECT_EQ(file_link(ForgeKind::gitlab, pull("https://gitlab.com/acme/sub/platform/-/merge_requests/12")),
              "https://gitlab.com/acme/sub/platform/-/blob/" + head + "/{path}#L{line}");
    EXPECT_EQ(file_link(ForgeKind::gitea, pull("https://git.acme.example/forge/acme/platform/pulls/12")),
              "https://git.acme.example/forge/acme/platform/src/commit/" + head + "/{path}#L{line}");
}

TEST(file_links, are_none_where_the_forge_tells_no_address_or_an_odd_one) {
    EXPECT_EQ(file_link(ForgeKind::github, pull("")), "");
    EXPECT_EQ(file_link(ForgeKind::github, pull("https://github.com/acme/platform/pulls")), "");
    EXPECT_EQ(file_link(ForgeKind::github, pull("https://github.com/acme/{path}/pull/12")), "");
    EXPECT_EQ(file_link(ForgeKind::github, pull("https://github.com/acme/platform/pull/12", "main")), "");
}
