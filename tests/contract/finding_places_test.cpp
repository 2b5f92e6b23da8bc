// Every mistake in one round, each with the very line that it is about.
#include "tests/contract/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// "PLACE MESSAGE | EXCERPT", the caret's character in brackets.
std::vector<std::string> shown(const Plan& plan) {
    std::vector<std::string> lines;
    for (const auto& finding : plan.findings) {
        auto excerpt = finding.excerpt;
        const auto at = static_cast<std::size_t>(finding.place.column) - 1;
        if (finding.place.column > 0 && at < excerpt.size())
            excerpt = excerpt.substr(0, at) + "[" + excerpt[at] + "]" + excerpt.substr(at + 1);
        lines.push_back(to_text(finding.place) + " " + finding.message + " | " + excerpt);
    }
    return lines;
}

const std::string virtual_of_nothing = "type: mcp-server/virtual\nname: all\ndescription: All tools\nservers:\n"
                                       "  - name: there\n  - enabled_tools: []\n    name: nothere\ncollaborators:\n"
                                       "  - subject: team:everyone\n    role_id: mcp-server-user\n";

} // namespace

TEST(finding_places, a_forbidden_host_is_told_in_the_round_of_the_other_mistakes) {
    World world;
    world.source.set("a.yaml", "type: mcp-server/remote\nname: alpha\ndescription: 12\nurl: http://10.0.0.1/mcp\n"
                               "collaborators: []\n");
    const auto plan = world.plan();
    EXPECT_THAT(shown(plan), ElementsAre(HasSubstr("a.yaml:3:1 description must be text, not a number"),
                                         "a.yaml:4:1 url is not https | [u]rl: http://10.0.0.1/mcp"));
    EXPECT_EQ(plan.counts.invalid, 1);
}

TEST(finding_places, one_complaint_about_a_line_is_enough) {
    World world;
    world.source.set("a.yaml", "type: mcp-server/remote\nname: alpha\ndescription: d\nurl: ftp://10.0.0.1/mcp\n"
                               "collaborators: []\n");
    EXPECT_THAT(shown(world.plan()), ElementsAre(HasSubstr("a.yaml:4:1 url is no http or https URL")));
}

TEST(finding_places, a_nested_address_is_pointed_at_where_it_stands) {
    World world;
    world.add("alpha",
              "auth_data:\n  type: oauth2\n  auth_level: per_user\n  authorization_url: https://a.example.com/o\n "
              " token_url: https://localhost/token\n  jwt_source: access_token\n");
    EXPECT_THAT(
        shown(world.plan()),
        ElementsAre("alpha.yaml:12:3 auth_data/token_url points at the private host \"localhost\" |   [t]oken_url: "
                    "https://localhost/token"));
}

TEST(finding_places, a_breach_of_policy_is_told_beside_a_mistake) {
    World world;
    world.settings.may.subjects = {"user:*"};
    world.restart();
    world.source.set("a.yaml", "type: mcp-server/remote\nname: alpha\ndescription: 12\nurl: https://a.example.com/mcp\n"
                               "collaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n");
    EXPECT_THAT(
        shown(world.plan()),
        ElementsAre(HasSubstr("a.yaml:3:1 description must be text, not a number"),
                    "a.yaml:6:5 the collaborator \"team:everyone\" is more than this unit's authors may say |   "
                    "- [s]ubject: team:everyone"));
}

TEST(finding_places, a_name_that_stands_twice_is_pointed_at_in_both_files) {
    World world;
    world.add("alpha");
    world.source.set("beta.yaml", "# the same again\n" + World::remote("alpha"));
    EXPECT_THAT(shown(world.plan()),
                ElementsAre("alpha.yaml:2:1 name \"alpha\" stands also in beta.yaml:3 | [n]ame: alpha",
                            "beta.yaml:3:1 name \"alpha\" stands also in alpha.yaml:2 | [n]ame: alpha"));
}

TEST(finding_places, an_unknown_source_is_pointed_at_among_the_servers) {
    World world;
    world.add("there");
    world.source.set("virt.yaml", virtual_of_nothing);
    EXPECT_THAT(shown(world.plan()),
                ElementsAre("virt.yaml:7:5 source \"nothere\" is not in git, nor live |     [n]ame: nothere"));
}

TEST(finding_places, a_manifest_of_another_unit_is_not_judged_here) {
    World world;
    world.add("beta");
    world.source.set("a.yaml", "type: mcp-server/remote\nname: alpha\ndescription: d\nurl: http://10.0.0.1/mcp\n"
                               "collaborators: []\nx-kedge:\n  units: [others]\n");
    EXPECT_THAT(shown(world.plan()), IsEmpty());
}

TEST(finding_places, of_hundreds_only_the_first_are_read_again) {
    World world;
    for (int i = 0; i < 120; ++i) {
        world.source.set("a" + std::to_string(100 + i) + ".yaml", World::remote("number-" + std::to_string(i)));
        world.source.set("b" + std::to_string(100 + i) + ".yaml", World::remote("number-" + std::to_string(i)));
    }
    const auto before = world.source.blobs_read();
    const auto plan = world.plan();
    ASSERT_EQ(plan.findings.size(), 240U);
    EXPECT_EQ(world.source.blobs_read() - before, 240U + 200U);
    EXPECT_EQ(plan.findings.front().place.column, 1);
    EXPECT_EQ(plan.findings.back().place.column, 0);
}
