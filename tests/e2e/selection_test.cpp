// A part of a unit, with the real binary: what --only, --type and --file mean, alone and for a saved plan.
#include "tests/e2e/stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class SelectionOfAUnit : public testing::Test {
protected:
    void SetUp() override { stage.begin_with_two_servers(); }
    bool is_live(const std::string& name) { return stage.plane.registry().by_name(name) != nullptr; }

    Stage stage;
};

} // namespace

TEST_F(SelectionOfAUnit, of_a_saved_plan_only_that_part_is_carried_out) {
    ASSERT_EQ(stage.kedge({"plan", "--out", stage.path("saved.plan")}).exit_code, 0);
    const auto applied = stage.kedge({"apply", "--yes", "--only", "github", stage.path("saved.plan")});
    EXPECT_EQ(applied.exit_code, 0) << applied.errors;
    EXPECT_EQ(applied.errors, "") << "nothing is said of what was not asked for";
    EXPECT_TRUE(is_live("github"));
    EXPECT_FALSE(is_live("jira"));
    const auto rest = stage.kedge({"apply", "--yes", stage.path("saved.plan")});
    EXPECT_EQ(rest.exit_code, 0) << rest.errors;
    EXPECT_TRUE(is_live("jira"));
}

TEST_F(SelectionOfAUnit, of_a_saved_plan_that_does_not_touch_it_nothing_is_carried_out) {
    ASSERT_EQ(stage.kedge({"plan", "--only", "jira", "--out", stage.path("saved.plan")}).exit_code, 0);
    const auto applied = stage.kedge({"apply", "--yes", "--only", "github", stage.path("saved.plan")});
    EXPECT_EQ(applied.exit_code, 5) << applied.output;
    EXPECT_THAT(applied.errors, HasSubstr("the saved plan changes nothing that this selection fits"));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST_F(SelectionOfAUnit, that_fits_nothing_is_a_mistake_and_says_which) {
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"--only", "nosuch"}, {"--type", "mcp-server/virtul"}, {"--file", "nosuch.yaml"}};
    for (const auto& [option, pattern] : mistakes) {
        for (const std::string verb : {"plan", "apply"}) {
            const auto result = stage.kedge({verb, option, pattern});
            EXPECT_EQ(result.exit_code, 1) << option;
            EXPECT_EQ(result.output, "") << option;
            EXPECT_THAT(result.errors, HasSubstr("selection: nothing in git and nothing live fits " + option + " \"" +
                                                 pattern + "\"; nothing was changed"));
        }
    }
    const auto both = stage.kedge({"plan", "--only", "github", "--type", "mcp-server/virtual"});
    EXPECT_EQ(both.exit_code, 1);
    EXPECT_THAT(both.errors, HasSubstr("fits --only \"github\" --type \"mcp-server/virtual\"; nothing was changed"));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST_F(SelectionOfAUnit, that_fits_says_nothing_about_the_rest) {
    ASSERT_EQ(stage.kedge({"apply", "--yes", "--only", "github"}).exit_code, 0);
    const auto plan = stage.kedge({"plan", "--only", "git*"});
    EXPECT_EQ(plan.exit_code, 0);
    EXPECT_THAT(plan.output, AllOf(HasSubstr("only: --only \"git*\""),
                                   HasSubstr("No changes within the selection: git and the control plane agree there."),
                                   Not(HasSubstr("No changes: git"))));
    const auto markdown = stage.kedge({"plan", "--only", "git*", "--output", "markdown"});
    EXPECT_THAT(markdown.output, AllOf(HasSubstr("Nothing to do within the selection"), HasSubstr("git*")));
    EXPECT_THAT(stage.kedge({"apply", "--yes", "--only", "github"}).output,
                HasSubstr("Nothing to do within the selection:"));
    const auto json = Json::parse(stage.kedge({"plan", "--only", "git*", "--output", "json"}).output);
    EXPECT_EQ(json["selection"], "--only \"git*\"");
    EXPECT_EQ(json["selected"], 1);
    EXPECT_TRUE(Json::parse(stage.kedge({"plan", "--output", "json"}).output)["selection"].is_null());
}

TEST_F(SelectionOfAUnit, may_be_of_what_is_only_live_or_wrong_in_git) {
    const Json by_hand{{"type", "mcp-server/remote"},
                       {"name", "by-hand"},
                       {"description", "Made in the console"},
                       {"url", "https://x.example.com/mcp"},
                       {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    ASSERT_FALSE(stage.console.add(by_hand));
    EXPECT_EQ(stage.kedge({"plan", "--only", "by-hand"}).exit_code, 0);
    stage.write("repository/mcp/broken.yaml", "type: mcp-server/remote\nname: broken\nurll: x\n");
    stage.commit("A mistake");
    const auto wrong = stage.kedge({"plan", "--only", "broken"});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_THAT(wrong.output + wrong.errors, HasSubstr("urll"));
}
