#include "plan/merge_live_parts.h"

#include "plan/compare.h"
#include "world.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

Json merged(const Json& git, const Json& live, const std::vector<std::string>& ignore,
            const std::vector<std::string>& keep = {}) {
    CompareRules rules;
    rules.ignore = ignore;
    rules.keep = keep;
    return merge_live_parts(git, live, rules);
}

} // namespace

TEST(merge_live_parts, without_rules_the_body_is_git_alone) {
    EXPECT_EQ(merged(remote("a"), remote("a", {{"description", "by hand"}}), {}), remote("a"));
}

TEST(merge_live_parts, ignored_paths_stay_as_they_are_in_live) {
    const Json live = remote("a", {{"display_name", "A"}, {"tags", {{"owner", "them"}, {"other", "x"}}}});
    EXPECT_EQ(merged(remote("a"), live, {"display_name", "tags.owner"}),
              remote("a", {{"display_name", "A"}, {"tags", {{"owner", "them"}}}}));
    EXPECT_EQ(merged(remote("a", {{"display_name", "mine"}}), remote("a"), {"display_name"}), remote("a"));
}

TEST(merge_live_parts, keys_with_dots_and_stars_are_found_as_comparing_finds_them) {
    const Json live =
        remote("a", {{"tags", {{"app.kubernetes.io/name", "x"}}}, {"limits", {{"a", {{"n", 1}, {"m", 2}}}}}});
    EXPECT_EQ(merged(remote("a"), live, {"tags.app.kubernetes.io/name", "limits.*.n"}),
              remote("a", {{"tags", {{"app.kubernetes.io/name", "x"}}}, {"limits", {{"a", {{"n", 1}}}}}}));
}

TEST(merge_live_parts, members_of_another_kind_than_the_rule_expects_are_left) {
    Json git = remote("a");
    git["tags"] = Json::array({"x"});
    EXPECT_EQ(merged(git, remote("a", {{"tags", {{"owner", "them"}}}}), {"tags.owner"}, {"tags"}), git);
    git["tags"] = "text";
    EXPECT_EQ(merged(git, remote("a", {{"tags", {{"owner", "them"}}}}), {"tags.owner"}, {"tags"}), git);
}

TEST(merge_live_parts, kept_extras_are_sent_along_and_git_wins_where_both_speak) {
    const Json creator = {{"subject", "user:c@x.example"}, {"role_id", "mcp-server-manager"}};
    Json live = remote("a", {{"tags", {{"owner", "them"}, {"team", "theirs"}}}});
    live["collaborators"].push_back(creator);
    const auto body = merged(remote("a", {{"tags", {{"team", "ours"}}}}), live, {}, {"collaborators", "tags"});
    EXPECT_EQ(body["collaborators"].size(), 2U);
    EXPECT_EQ(body["collaborators"][1], creator);
    EXPECT_EQ(body["tags"], (Json{{"owner", "them"}, {"team", "ours"}}));
}

TEST(merge_live_parts, neither_our_tags_nor_anything_secret_is_carried_over) {
    const Json live = remote("a", {{"tags", {{"kedge", "prod.tools.12345678"}, {"kedge-pause", "x"}}},
                                   {"auth_data", header("masked")["auth_data"]}});
    EXPECT_EQ(merged(remote("a"), live, {"auth_data", "tags.kedge"}, {"tags", "auth_data.headers"}), remote("a"));
}

TEST(merge_live_parts, what_is_sent_leaves_no_difference_under_the_same_rules) {
    auto rules = World().description.rules;
    rules.ignore = {"display_name", "tags.owner"};
    rules.keep = {"collaborators"};
    Json live = remote("a", {{"display_name", "A"}, {"tags", {{"owner", "them"}, {"team", "x"}}}});
    live["collaborators"].push_back({{"subject", "user:c@x.example"}, {"role_id", "mcp-server-manager"}});
    const Json git = remote("a", {{"tags", {{"owner", "git"}}}});
    EXPECT_FALSE(compare(git, merge_live_parts(git, live, rules), rules, {}).differs);
}
