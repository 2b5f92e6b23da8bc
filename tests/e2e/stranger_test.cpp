// The first ten minutes of a stranger: a token, a folder, and every mistake one makes on the way.
#include "tests/e2e/stage.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

TEST(stranger, a_plan_needs_a_folder_and_a_token_that_may_read_and_changes_nothing) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    stage.write("tf/jira.yaml", Stage::remote("jira"));
    stage.write("tf/team.yaml", "type: team\nname: platform\nmanifest: {}\n");
    ASSERT_FALSE(stage.console.add(Json::parse(
        R"({"type":"mcp-server/remote","name":"jira","description":"other","url":"https://jira.example.com/mcp","collaborators":[{"subject":"team:everyone","role_id":"mcp-server-user"}]})")));
    ASSERT_FALSE(stage.console.add(Json::parse(
        R"({"type":"mcp-server/remote","name":"console","description":"x","url":"https://c.example.com/mcp","collaborators":[]})")));
    const auto before = stage.writes();
    const auto result = stage.kedge({"plan", "tf", "--allow-insecure"}, {{"TFY_API_KEY", "tfy_reader"}});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.output,
                HasSubstr("1 differs, 1 live but not in git, 1 only in git, 1 document of another type left alone"));
    EXPECT_THAT(result.output, HasSubstr("nothing was changed"));
    EXPECT_THAT(result.output, HasSubstr("this token may not write"));
    EXPECT_EQ(stage.writes(), before);
    for (const auto& entry : std::filesystem::directory_iterator(stage.folder))
        EXPECT_EQ(entry.path().filename(), "tf") << "a plan leaves nothing behind";
}

TEST(stranger, a_broken_manifest_is_shown_with_file_line_and_caret) {
    Stage stage;
    stage.write("tf/github.yaml",
                "type: mcp-server/remote\nname: github\nurl: https://a.example.com\nurl: https://b.example.com\n");
    const auto result = stage.kedge({"plan", "tf", "--allow-insecure"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.output, HasSubstr("github.yaml:4:1"));
    EXPECT_THAT(result.output, HasSubstr("duplicate key \"url\""));
    EXPECT_THAT(result.output, HasSubstr("^"));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST(stranger, a_wrong_token_is_one_clear_message) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    const auto result = stage.kedge({"plan", "tf", "--allow-insecure"}, {{"TFY_API_KEY", "tfy_wrong"}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("does not know this token"));
    EXPECT_THAT(result.errors, Not(HasSubstr("tfy_wrong")));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1);
}

TEST(stranger, what_is_missing_is_said_all_at_once) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    const auto result = stage.kedge({"plan", "tf"}, {{"TFY_HOST", ""}, {"TFY_API_KEY", ""}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("TFY_HOST"));
    EXPECT_THAT(result.errors, HasSubstr("TFY_API_KEY"));
}

TEST(stranger, a_dead_server_is_one_clear_message) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    const auto result = stage.kedge({"plan", "tf", "--allow-insecure"}, {{"TFY_HOST", "http://127.0.0.1:1"}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("refused"));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1);
}

TEST(stranger, a_folder_that_is_not_there_is_one_clear_message) {
    Stage stage;
    const auto result = stage.kedge({"plan", "nowhere", "--allow-insecure"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("nowhere"));
}

TEST(stranger, a_repository_full_of_other_vendor_types_is_left_alone) {
    Stage stage;
    for (int i = 0; i < 5; ++i)
        stage.write("tf/role-" + std::to_string(i) + ".yaml", "type: role\nname: r" + std::to_string(i) + "\n");
    const auto result = stage.kedge({"plan", "tf", "--allow-insecure"});
    EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
    EXPECT_THAT(result.output, HasSubstr("5 documents of other types left alone"));
}

TEST(stranger, validate_asks_nobody) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    stage.write("tf/bad.yaml", "type: mcp-servr/remote\nname: bad\n");
    const auto result = stage.kedge({"validate", "tf"}, {{"TFY_HOST", ""}, {"TFY_API_KEY", ""}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.output, HasSubstr("mcp-server/remote"));
    EXPECT_THAT(result.output, HasSubstr("1 valid manifest"));
    EXPECT_EQ(stage.plane.audit().counters().requests, 0U);
}

TEST(stranger, plan_output_can_be_read_by_programs) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    const auto result = stage.kedge({"plan", "tf", "--allow-insecure", "--output", "json", "--detailed-exitcode"});
    EXPECT_EQ(result.exit_code, 2) << "changes pending";
    const auto plan = Json::parse(result.output);
    EXPECT_EQ(plan["format_version"], 1);
    EXPECT_EQ(plan["changes"][0]["name"], "github");
    const auto markdown = stage.kedge({"plan", "tf", "--allow-insecure", "--output", "markdown"});
    EXPECT_THAT(markdown.output, HasSubstr("github"));
}

TEST(stranger, writing_by_flags_needs_to_know_in_whose_name) {
    Stage stage;
    stage.write("tf/github.yaml", Stage::remote("github"));
    const auto refused = stage.kedge({"apply", "tf", "--allow-insecure"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("--installation"));
    const auto done = stage.kedge(
        {"apply", "tf", "--allow-insecure", "--installation", "e2e", "--unit", "tools", "--store", "store"});
    EXPECT_EQ(done.exit_code, 0) << done.output << done.errors;
    EXPECT_FALSE(stage.console.manifest("github").is_null());
}

TEST(stranger, version_help_and_schema_work_without_anything) {
    Stage stage;
    EXPECT_THAT(stage.kedge({"version"}).output, HasSubstr("kedge "));
    EXPECT_EQ(stage.kedge({"--help"}).exit_code, 0);
    EXPECT_TRUE(Json::parse(stage.kedge({"schema", "manifest"}).output).is_object());
    EXPECT_TRUE(Json::parse(stage.kedge({"schema", "settings"}).output).is_object());
    EXPECT_EQ(stage.kedge({"plann"}).exit_code, 1);
    EXPECT_EQ(stage.kedge({"plan"}).exit_code, 1) << "neither a folder nor a kedge.yaml";
}
