// Settings, a git repository, a store: apply, the daemon, releases, leaving; and a store, a repository or a neighbour
// in bad shape.
#include "tests/e2e/stage.h"

#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

const std::string oauth = "auth_data:\n  type: oauth2\n  grant_type: authorization_code\n  authorization_url: "
                          "https://idp.example.com/authorize\n"
                          "  token_url: https://idp.example.com/token\n  jwt_source: access_token\n";

class Operator : public testing::Test {
protected:
    void SetUp() override {
        stage.write("repository/mcp/github.yaml", Stage::remote("github"));
        stage.write("repository/mcp/jira.yaml", Stage::remote("jira", oauth));
        stage.commit("Two servers");
        stage.write_settings();
    }
    ProcessResult apply() { return stage.kedge({"apply", "--yes"}); }
    Stage stage;
};

} // namespace

TEST_F(Operator, apply_converges_and_says_so) {
    const auto first = apply();
    EXPECT_EQ(first.exit_code, 0) << first.output << first.errors;
    EXPECT_EQ(stage.writes(), 2U);
    const auto second = stage.kedge({"plan", "--detailed-exitcode"});
    EXPECT_EQ(second.exit_code, 0) << second.output;
    EXPECT_THAT(second.output, HasSubstr("2 equal"));
    EXPECT_EQ(apply().exit_code, 0);
    EXPECT_EQ(stage.writes(), 2U);
}

TEST_F(Operator, a_sign_out_is_held_released_in_git_and_done_once) {
    auto knobs = stage.plane.knobs();
    knobs.auth_list_shows_oauth = true;
    stage.plane.set_knobs(knobs);
    apply();
    sandbox::AuthRecord record;
    record.subject_id = "ann";
    record.subject_type = "user";
    record.source = "oauth";
    ASSERT_FALSE(stage.console.connect("jira", record));
    auto moved = Stage::remote("jira", oauth);
    moved.replace(moved.find("idp.example.com/token"), 15, "login.example.com");
    stage.write("repository/mcp/jira.yaml", moved);
    stage.commit("New identity provider");
    const auto held = apply();
    EXPECT_EQ(held.exit_code, 3) << held.output;
    EXPECT_THAT(held.output, HasSubstr("at least 1 person"));
    const auto plan = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
    const auto digest = plan["changes"][0]["digest"].get<std::string>();
    const auto asked = stage.kedge({"release", digest.substr(0, 12), "--because", "announced", "--at-most", "1"});
    EXPECT_EQ(asked.exit_code, 0) << asked.errors;
    EXPECT_THAT(asked.output, HasSubstr(digest));
    stage.write("repository/mcp/.kedge/releases",
                "- digest: " + digest + "\n  name: jira\n  because: announced\n  at_most: 1\n");
    stage.commit("Release jira");
    const auto done = apply();
    EXPECT_EQ(done.exit_code, 0) << done.output;
    EXPECT_EQ(stage.plane.audit().counters().forced, 1U);
    EXPECT_EQ(apply().exit_code, 0);
    EXPECT_EQ(stage.plane.audit().counters().forced, 1U);
}

TEST_F(Operator, the_daemon_heals_prunes_follows_commits_and_stops_on_sigterm) {
    stage.write_settings("interval: 100ms, prune_delay: 0s");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until([&] { return stage.writes() == 2; })) << daemon.log();
    ASSERT_FALSE(stage.console.edit("github", {{"description", "by hand"}}));
    EXPECT_TRUE(daemon.wait_until([&] { return stage.console.manifest("github")["description"] == "Tools of github"; }))
        << daemon.log();
    stage.write("repository/mcp/slack.yaml", Stage::remote("slack"));
    std::filesystem::remove(stage.path("repository/mcp/jira.yaml"));
    stage.commit("Slack instead of jira");
    EXPECT_TRUE(daemon.wait_until([&] {
        return !stage.console.manifest("slack").is_null() && stage.console.manifest("jira").is_null();
    })) << daemon.log();
    const auto busy = stage.kedge({"apply", "--yes"});
    EXPECT_EQ(busy.exit_code, 7) << busy.errors;
    const auto plan = stage.kedge({"plan"});
    EXPECT_EQ(plan.exit_code, 0) << "looking beside a daemon is fine: " << plan.errors;
    EXPECT_EQ(daemon.stop(SIGTERM), 0) << daemon.log();
}

TEST_F(Operator, a_daemon_outlives_a_control_plane_that_is_away) {
    stage.write_settings("interval: 100ms");
    sandbox::Fault away;
    away.kind = sandbox::FaultKind::status;
    away.status = 503;
    away.count = 3;
    stage.plane.faults().add(away);
    Daemon daemon(stage, {"run"});
    EXPECT_TRUE(daemon.wait_until([&] { return stage.writes() == 2; })) << daemon.log();
    EXPECT_EQ(daemon.stop(SIGINT), 0);
}

TEST_F(Operator, a_killed_apply_is_picked_up_by_the_next_one) {
    for (int i = 0; i < 200; ++i)
        stage.write("repository/mcp/many/s" + std::to_string(i) + ".yaml",
                    Stage::remote("s" + std::to_string(1000 + i)));
    stage.commit("Many servers");
    {
        Daemon killed(stage, {"apply", "--yes", "--rehearse", "never"});
        ASSERT_TRUE(killed.wait_until([&] { return stage.writes() > 20; }));
        killed.stop(SIGKILL);
    }
    const auto again = apply();
    EXPECT_EQ(again.exit_code, 0) << again.output << again.errors;
    EXPECT_EQ(stage.plane.registry().in_order().size(), 202U);
    EXPECT_THAT(stage.kedge({"plan"}).output, HasSubstr("202 equal"));
}

TEST_F(Operator, disown_lets_go_and_changes_nothing_else) {
    apply();
    const auto before = stage.console.manifest("github");
    const auto result = stage.kedge({"disown", "--all"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    auto expected = before;
    expected["tags"].erase("kedge");
    auto now = stage.console.manifest("github");
    if (now.contains("tags") && now["tags"].empty()) now.erase("tags");
    if (expected["tags"].empty()) expected.erase("tags");
    EXPECT_EQ(now, expected);
}

TEST_F(Operator, disown_of_a_name_that_is_not_ours_is_a_mistake) {
    apply();
    const auto result = stage.kedge({"disown", "--name", "gihub"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("no registration named \"gihub\" belongs to this installation"));
}

TEST_F(Operator, a_key_that_is_gone_is_not_made_anew_beside_an_old_ledger) {
    apply();
    ASSERT_TRUE(std::filesystem::remove(stage.path("store/installation.key")));
    const auto result = apply();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, AllOf(HasSubstr("installation.key"), HasSubstr("bring this very file back"),
                                     HasSubstr("makes a new one: no registration is changed for it")));
    EXPECT_FALSE(std::filesystem::exists(stage.path("store/installation.key")));
}

TEST_F(Operator, secrets_reach_the_control_plane_and_nothing_else) {
    stage.write(
        "repository/mcp/github.yaml",
        Stage::remote(
            "github",
            "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer ${env:GH}\n"));
    stage.commit("A secret");
    stage.write_settings("secrets: [\"env:GH\"]");
    const auto result = stage.kedge({"apply", "--yes", "--output", "json"}, {{"GH", "s3cr3t-value-of-github"}});
    EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
    EXPECT_EQ(stage.console.manifest("github")["auth_data"]["headers"]["Authorization"],
              "Bearer s3cr3t-value-of-github");
    EXPECT_THAT(result.output + result.errors, Not(HasSubstr("s3cr3t")));
    const auto found = stage.run({"sh", "-c", "grep -rl s3cr3t-value store || true"});
    EXPECT_EQ(found.output, "");
}

TEST_F(Operator, a_manifest_may_not_name_a_secret_that_the_unit_does_not_allow) {
    stage.write("repository/mcp/github.yaml",
                Stage::remote("github", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                                        "Authorization: Bearer ${env:TFY_API_KEY}\n"));
    stage.commit("A thief");
    const auto result = apply();
    EXPECT_NE(result.exit_code, 0);
    EXPECT_TRUE(stage.console.manifest("github").is_null());
    EXPECT_THAT(result.output, HasSubstr("TFY_API_KEY"));
}

TEST_F(Operator, an_empty_repository_a_missing_branch_and_a_store_that_cannot_be_written_are_clear) {
    stage.write("kedge.yaml.keep", "");
    stage.run({"git", "init", "-q", "-b", "main", stage.path("empty")});
    auto settings = [&](const std::string& from, const std::string& to) {
        stage.write_settings();
        std::string text;
        auto result = stage.run({"cat", stage.path("kedge.yaml")});
        text = result.output;
        text.replace(text.find(from), from.size(), to);
        stage.write("kedge.yaml", text);
    };
    settings(stage.path("repository"), stage.path("empty"));
    auto result = apply();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("the repository is empty"));
    settings("branch: main", "branch: release");
    result = apply();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("release"));
    stage.write("file", "");
    settings("./store", "./file/store");
    result = apply();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("file/store"));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST_F(Operator, wrong_settings_are_shown_all_at_once) {
    stage.write("kedge.yaml", "version: 1\ninstalation: x\nunits: []\n");
    const auto result = apply();
    EXPECT_EQ(result.exit_code, 1);
    for (const char* part :
         {"kedge.yaml:2", "did you mean \"installation\"", "\"store\" is missing", "there is no unit"})
        EXPECT_THAT(result.errors, HasSubstr(part));
}
