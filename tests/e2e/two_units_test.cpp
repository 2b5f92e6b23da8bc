// Two units of one target, with the real binary.
#include "tests/e2e/stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

class TwoUnits : public testing::Test {
protected:
    void SetUp() override {
        stage.write("repository/mcp/github.yaml", Stage::remote("github"));
        stage.write("repository/other/jira.yaml", Stage::remote("jira"));
        stage.commit("Two folders");
        stage.write("kedge.yaml", "version: 1\ninstallation: prod\nstore: store\nnetworks: {allow_insecure: true}\n"
                                  "sources:\n  repository: {git: \"" +
                                      stage.path("repository") +
                                      "\", branch: main}\n"
                                      "targets:\n  sandbox: {provider: truefoundry, url: \"" +
                                      stage.url() +
                                      "\", token: \"${env:TFY_API_KEY}\"}\n"
                                      "units:\n"
                                      "  - {name: tools, source: repository, path: mcp, target: sandbox, changes: "
                                      "apply, drift: heal}\n"
                                      "  - {name: more, source: repository, path: other, target: sandbox, changes: "
                                      "apply, drift: heal}\n");
    }
    Json json_of(std::vector<std::string> command) {
        command.insert(command.end(), {"--output", "json"});
        return Json::parse(stage.kedge(std::move(command)).output);
    }

    Stage stage;
};

} // namespace

TEST_F(TwoUnits, that_declare_one_name_are_told_both_places) {
    stage.write("repository/other/github.yaml", "# another\n" + Stage::remote("github"));
    stage.commit("The same once more");
    const auto plan = stage.kedge({"plan"});
    EXPECT_EQ(plan.exit_code, 0);
    EXPECT_THAT(plan.output, HasSubstr("\"github\" is declared by unit \"more\" of this target as well"));
    EXPECT_THAT(json_of({"plan", "--only-unit", "tools"})["findings"][0]["message"],
                "\"github\" is declared by unit \"more\" of this target as well, in github.yaml:2");
    EXPECT_THAT(plan.output, HasSubstr("\"github\" is declared by unit \"tools\" of this target as well"));
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 3);
    EXPECT_THAT(stage.kedge({"holds"}).output, HasSubstr("duplicate"));
    EXPECT_THAT(stage.kedge({"plan"}).output, HasSubstr("remove one of the two declarations"));
    EXPECT_EQ(stage.writes(), 1U) << "jira alone";
}

TEST_F(TwoUnits, answer_with_an_array_and_one_of_them_with_an_object) {
    for (const std::string verb : {"plan", "holds", "history"}) {
        const auto both = json_of({verb});
        ASSERT_TRUE(both.is_array()) << verb;
        EXPECT_EQ(both.size(), 2U) << verb;
        EXPECT_TRUE(json_of({verb, "--only-unit", "more"}).is_object()) << verb;
    }
    EXPECT_TRUE(json_of({"explain", "github"}).is_object()) << "one unit knows it";
}

TEST_F(TwoUnits, a_selection_that_one_of_them_has_is_no_mistake) {
    const auto plan = stage.kedge({"plan", "--only", "jira"});
    EXPECT_EQ(plan.exit_code, 0) << plan.errors;
    EXPECT_THAT(plan.output, HasSubstr("+ jira would be created"));
    EXPECT_THAT(plan.output, HasSubstr("No changes within the selection"));
    EXPECT_EQ(stage.kedge({"plan", "--only", "nosuch"}).exit_code, 1);
}
