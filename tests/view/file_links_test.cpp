#include "view/file_links.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

const std::string head(40, 'a');

PullRequest pull(const std::string& url, const std::string& commit = head) {
    PullRequest one;
    one.url = url;
    one.number = 12;
    one.head_commit = commit;
    return one;
}

} // namespace

TEST(file_links, follow_the_address_of_the_pull_request) {
    EXPECT_EQ(file_link(pull("https://github.com/acme/platform/pull/12")),
              "https://github.com/acme/platform/blob/" + head + "/{path}#L{line}");
    EXPECT_EQ(file_link(pull("https://gitlab.com/acme/sub/platform/-/merge_requests/12")),
              "https://gitlab.com/acme/sub/platform/-/blob/" + head + "/{path}#L{line}");
    EXPECT_EQ(file_link(pull("https://git.acme.example/forge/acme/platform/pulls/12")),
              "https://git.acme.example/forge/acme/platform/src/commit/" + head + "/{path}#L{line}");
}

TEST(file_links, are_none_where_the_forge_tells_no_address_or_an_odd_one) {
    EXPECT_EQ(file_link(pull("")), "");
    EXPECT_EQ(file_link(pull("https://github.com/acme/platform/pulls")), "");
    EXPECT_EQ(file_link(pull("https://github.com/acme/platform/pull/123")), "") << "of another one";
    EXPECT_EQ(file_link(pull("https://github.com/acme/{path}/pull/12")), "");
    EXPECT_EQ(file_link(pull("https://github.com/acme/platform/pull/12", "main")), "");
}

TEST(file_links, are_filled_in_with_what_cannot_be_taken_for_a_place) {
    EXPECT_EQ(filled_link("https://a/{path}#L{line}", "mcp/a b{line}.yaml", 0),
              "https://a/mcp/a%20b%7Bline%7D.yaml#L1");
    EXPECT_EQ(filled_link("", "mcp/a.yaml", 3), "");
    EXPECT_EQ(filled_link("https://a/{path}", "mcp/a.yaml", 3), "");
}
