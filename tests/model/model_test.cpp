#include "model/marker.h"
#include "model/plan.h"
#include "model/rules.h"
#include "model/secret_fields.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(marker, counts_only_on_the_name_it_was_made_for) {
    const auto text = make_marker("prod", "tools", "github");
    EXPECT_TRUE(read_marker(text, "github")->fits);
    EXPECT_EQ(read_marker(text, "github")->unit, "tools");
    EXPECT_FALSE(read_marker(text, "github-copy")->fits);
    EXPECT_FALSE(read_marker("prod.tools", "github"));
    EXPECT_FALSE(read_marker("Prod.tools.12345678", "github"));
}

TEST(marker, unit_names_are_short_and_plain) {
    EXPECT_TRUE(is_unit_name("team-a1"));
    for (const char* wrong : {"", "Team", "a.b", "a_b", "123456789012345678901234567890123"})
        EXPECT_FALSE(is_unit_name(wrong)) << wrong;
}

TEST(secret_fields, pointers_below_a_secret_field_are_secret) {
    EXPECT_TRUE(is_secret_pointer("/auth_data/headers/Authorization"));
    EXPECT_TRUE(is_secret_pointer("/servers/0/auth_data/headers/X~1Y"));
    EXPECT_TRUE(is_secret_pointer("/auth_data/client_secret"));
    EXPECT_FALSE(is_secret_pointer("/auth_data/client_id"));
    EXPECT_FALSE(is_secret_pointer("/auth_data/headers"));
    EXPECT_FALSE(is_secret_pointer(""));
}

TEST(secret_fields, rules_may_not_touch_a_secret_from_any_side) {
    EXPECT_TRUE(touches_secret("auth_data"));
    EXPECT_TRUE(touches_secret("auth_data.headers.Authorization"));
    EXPECT_TRUE(touches_secret("*"));
    EXPECT_FALSE(touches_secret("tags.owner"));
    EXPECT_FALSE(touches_secret("auth_data.client_id"));
}

TEST(secret_fields, every_secret_value_is_visited) {
    Json document = {{"auth_data", {{"headers", {{"A", "1"}, {"B/C", "2"}}}}},
                     {"servers", {{{"auth_data", {{"headers", {{"D", "3"}}}}}}}}};
    std::vector<std::string> seen;
    for_each_secret(document, [&](const std::string& pointer, Json& value) {
        seen.push_back(pointer);
        value = masked_value();
    });
    EXPECT_EQ(seen, (std::vector<std::string>{"/auth_data/headers/A", "/auth_data/headers/B~1C",
                                              "/servers/0/auth_data/headers/D"}));
    EXPECT_TRUE(is_masked(document["auth_data"]["headers"]["A"]));
}

TEST(plan_digest, does_not_depend_on_the_order_of_changes) {
    Change a, b;
    a.digest = sha256("a");
    b.digest = sha256("b");
    EXPECT_EQ(plan_digest({a, b}), plan_digest({b, a}));
    EXPECT_NE(plan_digest({a, b}), plan_digest({a}));
}

TEST(rules, own_rules_are_digested_as_sets) {
    CompareRules one, two;
    EXPECT_TRUE(own_rules_digest(one).empty());
    one.ignore = {"a", "b"};
    two.ignore = {"b", "a"};
    EXPECT_EQ(own_rules_digest(one), own_rules_digest(two));
}
