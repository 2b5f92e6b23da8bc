// Plans that can be trusted, with the real binary: saved plans, limits, what authors may say, adoption, explanations,
// history, going back.
#include "tests/e2e/stage.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Trust : public testing::Test {
protected:
    void SetUp() override { stage.begin_with_two_servers(); }
    ProcessResult apply(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"apply", "--yes"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return stage.kedge(arguments);
    }
    void edit(const std::string& name, const std::string& description) {
        auto text = Stage::remote(name);
        text.replace(text.find("Tools of"), 8, description + " of");
        stage.write("repository/mcp/" + name + ".yaml", text);
    }
    std::string head() {
        auto result = stage.run({"git", "-C", stage.path("repository"), "rev-parse", "HEAD"});
        return result.output.substr(0, 40);
    }
    std::string live(const std::string& name) {
        const auto* server = stage.plane.registry().by_name(name);
        return server == nullptr ? "" : server->document()["description"].get<std::string>();
    }
    void settings_say(const std::string& before, const std::string& after) {
        std::ifstream in(stage.path("kedge.yaml"));
        std::stringstream text;
        text << in.rdbuf();
        auto changed = text.str();
        changed.replace(changed.find(before), before.size(), after);
        stage.write("kedge.yaml", changed);
    }
    std::string bytes_of(const std::string& file) {
        std::ifstream in(stage.path(file), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    Stage stage;
};

} // namespace

TEST_F(Trust, a_saved_plan_is_shown_again_and_carried_out_as_it_was_shown) {
    const auto saved = stage.kedge({"plan", "--out", stage.path("plan")});
    ASSERT_EQ(saved.exit_code, 0) << saved.errors;
    const auto shown = stage.kedge({"show", stage.path("plan")});
    EXPECT_EQ(shown.output, saved.output);
    edit("jira", "Other tools");
    stage.commit("Edit jira");
    const auto applied = apply({stage.path("plan")});
    EXPECT_EQ(applied.exit_code, 0) << applied.output << applied.errors;
    EXPECT_THAT(applied.errors, HasSubstr("jira: not carried out: git moved since"));
    EXPECT_EQ(live("github"), "Tools of github");
    EXPECT_EQ(live("jira"), "");
    const auto again = apply({stage.path("plan")});
    EXPECT_EQ(again.exit_code, 5) << again.output;
    EXPECT_THAT(again.errors, AllOf(HasSubstr("github: not carried out: there is nothing to do about it any more"),
                                    HasSubstr("nothing of the saved plan fits any more")));
    EXPECT_EQ(stage.writes(), 1U);
}

TEST_F(Trust, a_saved_plan_that_was_touched_is_refused) {
    ASSERT_EQ(stage.kedge({"plan", "--out", stage.path("plan")}).exit_code, 0);
    std::ofstream(stage.path("plan"), std::ios::app) << " ";
    const auto refused = apply({stage.path("plan")});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("it was cut off or changed since it was saved"));
    stage.write("notes.txt", "not a plan");
    EXPECT_THAT(stage.kedge({"show", stage.path("notes.txt")}).errors, HasSubstr("this is no saved plan"));
    EXPECT_THAT(stage.kedge({"show", stage.path("absent")}).errors, HasSubstr("no such file"));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST_F(Trust, a_part_can_be_asked_for_by_name_type_and_file) {
    EXPECT_THAT(stage.kedge({"diff", "--only", "git*"}).output, AllOf(HasSubstr("github"), Not(HasSubstr("jira"))));
    EXPECT_THAT(stage.kedge({"plan", "--file", "jira.yaml"}).output,
                AllOf(HasSubstr("jira"), Not(HasSubstr("github"))));
    EXPECT_THAT(stage.kedge({"plan", "--type", "mcp-server/virtual"}).errors, HasSubstr("nothing live fits --type"));
    EXPECT_EQ(apply({"--only", "jira"}).exit_code, 0);
    EXPECT_EQ(live("github"), "");
    EXPECT_EQ(live("jira"), "Tools of jira");
    apply();
    std::filesystem::remove(stage.path("repository/mcp/jira.yaml"));
    stage.commit("Remove jira");
    EXPECT_EQ(apply({"--only", "github"}).exit_code, 0);
    EXPECT_EQ(live("jira"), "Tools of jira") << "nothing outside of the selection is pruned";
}

TEST_F(Trust, adopt_takes_what_is_live_and_in_git_and_nothing_else) {
    Json manifest{{"type", "mcp-server/remote"},
                  {"name", "github"},
                  {"description", "somebody else's"},
                  {"url", "https://github.example.com/mcp"},
                  {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    ASSERT_FALSE(stage.console.add(manifest));
    EXPECT_EQ(apply().exit_code, 3);
    EXPECT_THAT(stage.kedge({"holds"}).output, AllOf(HasSubstr("foreign"), HasSubstr("github"), HasSubstr("1 held")));
    EXPECT_THAT(stage.kedge({"adopt", "nobody"}).errors, HasSubstr("nothing of that name is live"));
    const auto adopted = stage.kedge({"adopt", "github"});
    EXPECT_EQ(adopted.exit_code, 0) << adopted.errors;
    EXPECT_THAT(stage.kedge({"adopt", "github"}).errors, HasSubstr("it belongs to this unit already"));
    EXPECT_EQ(live("github"), "somebody else's") << "adopting writes nothing";
    EXPECT_EQ(apply().exit_code, 0);
    EXPECT_EQ(live("github"), "Tools of github");
    EXPECT_THAT(stage.kedge({"holds"}).output, HasSubstr("nothing is held"));
}

TEST_F(Trust, explain_says_where_what_why_and_who) {
    apply();
    edit("github", "All tools");
    stage.commit("Say all tools");
    const auto about = stage.kedge({"explain", "github"});
    EXPECT_EQ(about.exit_code, 0) << about.errors;
    EXPECT_THAT(about.output, AllOf(HasSubstr("declared: github.yaml:1"), HasSubstr("managed by this unit"),
                                    HasSubstr("description: github.yaml:3"), HasSubstr("by Ann <ann@example.com>"),
                                    HasSubstr("create github: done")));
    EXPECT_EQ(stage.kedge({"explain", "nobody"}).exit_code, 1);
    EXPECT_THAT(stage.kedge({"history", "github"}).output,
                AllOf(HasSubstr("create github: done"), HasSubstr("Two servers")));
    EXPECT_THAT(stage.kedge({"history", "--output", "json"}).output, HasSubstr("\"kind\": \"history\""));
}

TEST_F(Trust, what_authors_may_not_say_is_refused_with_its_place) {
    stage.write_settings("may: {hosts: [\"github.example.com\"]}");
    const auto refused = apply();
    EXPECT_EQ(refused.exit_code, 6) << "github was written, jira was refused";
    EXPECT_THAT(refused.output, AllOf(HasSubstr("jira.yaml:4"), HasSubstr("the host \"jira.example.com\"")));
    EXPECT_EQ(live("github"), "Tools of github");
    EXPECT_EQ(live("jira"), "");
    EXPECT_EQ(stage.kedge({"plan"}).exit_code, 4);
    EXPECT_EQ(stage.kedge({"validate"}).exit_code, 4);
}

TEST_F(Trust, more_than_the_limit_is_held_as_one_group_and_released_as_one) {
    for (int i = 0; i < 12; ++i) {
        const auto name = "server-" + std::to_string(100 + i);
        stage.write("repository/mcp/" + name + ".yaml", Stage::remote(name));
    }
    stage.commit("Twelve more");
    ASSERT_EQ(apply().exit_code, 0);
    for (int i = 0; i < 6; ++i) edit("server-" + std::to_string(100 + i), "Edited tools");
    stage.commit("Edit six");
    const auto held = apply();
    EXPECT_EQ(held.exit_code, 3) << held.output;
    EXPECT_THAT(held.output, HasSubstr("6 updates are planned; the limit is 4 in one pass (30 % of 14 owned)"));
    EXPECT_EQ(stage.writes(), 14U);
    const auto plan = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
    const auto digest = plan["groups"][0]["digest"].get<std::string>();
    const auto release = stage.kedge({"release", digest.substr(0, 12), "--because", "agreed on Monday"});
    EXPECT_EQ(release.exit_code, 0) << release.errors;
    EXPECT_THAT(release.output, AllOf(HasSubstr(digest), HasSubstr("name: \"updates\"")));
    stage.write("repository/mcp/.kedge/releases", release.output.substr(release.output.find("- digest")));
    stage.commit("Release them");
    const auto released = apply();
    EXPECT_EQ(released.exit_code, 0) << released.output;
    EXPECT_EQ(stage.writes(), 20U);
    EXPECT_THAT(stage.kedge({"plan"}).output, HasSubstr("No changes"));
}

TEST_F(Trust, what_a_unit_only_reports_is_shown_as_such_and_cannot_be_released) {
    settings_say("changes: apply", "changes: report");
    const auto plan = stage.kedge({"plan"});
    EXPECT_THAT(plan.output, AllOf(HasSubstr("is left alone, would be created"), HasSubstr("changes: report")));
    const auto json = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
    EXPECT_EQ(json["changes"][0]["runs"], false);
    const auto digest = json["changes"][0]["digest"].get<std::string>();
    const auto refused = stage.kedge({"release", digest, "--because", "please"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("it is left alone: only reported (changes: report)"));
    const auto applied = apply();
    EXPECT_EQ(applied.exit_code, 0);
    EXPECT_THAT(applied.output, AllOf(HasSubstr("Applied: nothing; 2 left alone."), Not(HasSubstr("sign-out"))));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST_F(Trust, a_release_says_why) {
    const auto json = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
    const auto digest = json["changes"][0]["digest"].get<std::string>();
    EXPECT_THAT(stage.kedge({"release", digest, "--because", " "}).errors, HasSubstr("--because is empty"));
    EXPECT_THAT(stage.kedge({"release", digest, "--because", "agreed"}).errors, HasSubstr("nothing holds it"));
}

TEST_F(Trust, a_unit_goes_back_stays_there_and_follows_again) {
    apply();
    const auto good = head();
    edit("github", "Broken tools");
    std::filesystem::remove(stage.path("repository/mcp/jira.yaml"));
    stage.commit("A bad idea");
    apply();
    ASSERT_EQ(live("github"), "Broken tools of github");
    const auto back = stage.kedge({"rollback", "--to", good, "--because", "customers complain"});
    EXPECT_EQ(back.exit_code, 0) << back.errors;
    EXPECT_THAT(back.output, AllOf(HasSubstr("What cannot come back"), HasSubstr("jira: is registered anew")));
    EXPECT_EQ(apply().exit_code, 0);
    EXPECT_EQ(live("github"), "Tools of github");
    EXPECT_EQ(live("jira"), "Tools of jira");
    stage.commit("Something else");
    apply();
    EXPECT_EQ(live("github"), "Tools of github") << "it stays";
    for (const auto* command : {"plan", "holds"})
        EXPECT_THAT(stage.kedge({command}).output,
                    AllOf(HasSubstr("rolled back: it stays at " + good.substr(0, 7)),
                          HasSubstr("main is at " + head().substr(0, 7)), HasSubstr("`kedge resume tools`")));
    EXPECT_EQ(Json::parse(stage.kedge({"plan", "--output", "json"}).output)["revision"]["tip"], head());
    EXPECT_THAT(stage.kedge({"history"}).output, HasSubstr("customers complain"));
    EXPECT_EQ(stage.kedge({"resume", "tools"}).exit_code, 0);
    apply();
    EXPECT_EQ(live("github"), "Broken tools of github");
}

TEST_F(Trust, going_back_to_a_commit_that_is_not_there_changes_nothing) {
    apply();
    const auto missing = stage.kedge({"rollback", "--to", std::string(40, 'a'), "--because", "x"});
    EXPECT_EQ(missing.exit_code, 1);
    EXPECT_THAT(missing.errors, HasSubstr("the repository does not hold that commit"));
    const auto unknown = stage.kedge({"rollback", "--to", "aaaaaaa"});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_THAT(unknown.errors, HasSubstr("go back to \"aaaaaaa\": the repository does not hold that commit"));
    EXPECT_THAT(stage.kedge({"rollback", "--to", "abc"}).errors, HasSubstr("\"abc\" is no commit id"));
    EXPECT_EQ(stage.kedge({"plan"}).exit_code, 0) << "the unit follows its branch as before";
}

TEST_F(Trust, a_change_by_hand_tells_what_was_there_before_to_every_reader) {
    stage.write_settings("drift: report");
    settings_say("changes: apply, drift: heal, ", "changes: apply, ");
    ASSERT_EQ(apply().exit_code, 0);
    ASSERT_EQ(apply().exit_code, 0);
    ASSERT_FALSE(stage.console.edit("github", {{"description", "by hand"}}));
    edit("github", "All tools");
    stage.commit("Say all tools");
    for (const auto& command :
         {std::vector<std::string>{"plan"}, {"plan", "--output", "markdown"}, {"explain", "github"}}) {
        const auto shown = stage.kedge(command);
        EXPECT_THAT(shown.output, HasSubstr("last known: \"Tools of github\"")) << shown.output;
        EXPECT_THAT(shown.output, AllOf(HasSubstr("changed by hand in the control plane"), HasSubstr("between 20")))
            << shown.output;
    }
    EXPECT_THAT(stage.kedge({"explain", "github"}).output, Not(HasSubstr("will be"))) << "nothing is about to happen";
    const auto json = parse_json(stage.kedge({"explain", "github", "--output", "json"}).output);
    EXPECT_EQ(json["change"]["cause"]["kind"], "both_moved");
    EXPECT_EQ(json["change"]["differences"][0]["known"], "\"Tools of github\"");
    EXPECT_EQ(json["ledger"]["written"], true);
}

TEST_F(Trust, the_marker_is_written_onto_what_was_adopted_when_somebody_asks_for_it) {
    Json manifest{{"type", "mcp-server/remote"},
                  {"name", "github"},
                  {"description", "Tools of github"},
                  {"url", "https://github.example.com/mcp"},
                  {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    ASSERT_FALSE(stage.console.add(manifest));
    ASSERT_EQ(apply().exit_code, 0);
    EXPECT_FALSE(stage.console.manifest("github").contains("tags"));
    EXPECT_EQ(stage.kedge({"adopt"}).exit_code, 1) << "which one?";
    const auto marked = stage.kedge({"adopt", "--mark"});
    EXPECT_EQ(marked.exit_code, 0) << marked.errors;
    EXPECT_THAT(marked.output, HasSubstr("wrote the marker onto 1 registration; 1 carried it already."));
    EXPECT_TRUE(stage.console.manifest("github")["tags"].contains("kedge"));
    EXPECT_THAT(stage.kedge({"history"}).output, HasSubstr("marked 1 as owned"));
    ASSERT_FALSE(stage.console.edit("jira", {{"tags", nullptr}, {"description", "by hand"}}));
    const auto left = stage.kedge({"adopt", "jira", "--mark"});
    EXPECT_EQ(left.exit_code, 1);
    EXPECT_THAT(left.output, HasSubstr("jira: not marked: it differs from git"));
}

TEST_F(Trust, going_back_beside_a_daemon_changes_nothing_and_says_what_to_do) {
    const auto good = head();
    stage.write_settings("interval: 100ms");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until([&] { return stage.writes() == 2; })) << daemon.log();
    const auto back = stage.kedge({"rollback", "--to", good, "--because", "customers complain"});
    EXPECT_EQ(back.exit_code, 7);
    EXPECT_THAT(back.errors, AllOf(HasSubstr("nothing was changed"), HasSubstr("revert the commit in git")));
    EXPECT_EQ(stage.kedge({"resume", "tools"}).exit_code, 7);
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
    EXPECT_EQ(stage.kedge({"rollback", "--to", good.substr(0, 7)}).exit_code, 0)
        << "as the message says: once it is stopped";
    EXPECT_THAT(stage.kedge({"history"}).output, HasSubstr("rollback to " + good.substr(0, 12) + "\n"));
    EXPECT_EQ(stage.kedge({"resume", "tools"}).exit_code, 0);
}

TEST_F(Trust, drift_that_is_only_reported_is_left_alone_whoever_asks) {
    stage.write_settings("drift: report");
    settings_say("changes: apply, drift: heal, ", "changes: apply, ");
    ASSERT_EQ(apply().exit_code, 0);
    ASSERT_FALSE(stage.console.edit("github", {{"description", "by hand"}}));
    EXPECT_THAT(stage.kedge({"plan"}).output, HasSubstr("? github is left alone, would be updated"));
    const auto applied = apply();
    EXPECT_EQ(applied.exit_code, 0) << applied.output;
    EXPECT_THAT(applied.output, AllOf(HasSubstr("? github left alone, not updated"), HasSubstr("drift: report"),
                                      HasSubstr("Applied: nothing; 1 left alone."), Not(HasSubstr("held"))));
    EXPECT_THAT(stage.kedge({"holds"}).output, HasSubstr("nothing is held"));
    const auto json = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
    EXPECT_EQ(json["counts"]["left_alone"], 1);
    EXPECT_EQ(json["counts"]["held"], 0);
    EXPECT_EQ(live("github"), "by hand");
}

TEST_F(Trust, a_store_that_cannot_be_relied_on_changes_nothing_and_stays_as_it_is) {
    ASSERT_EQ(apply().exit_code, 0);
    edit("github", "All tools");
    stage.commit("Say all tools");
    const auto writes = stage.writes();
    const auto whole = bytes_of("store/ledger.db");
    for (const bool newer : {false, true}) {
        auto damaged = whole;
        if (newer)
            damaged.replace(60, 4, std::string("\0\0\0\x09", 4)); // the schema version in the file's header
        else
            damaged.resize(damaged.size() / 2);
        stage.write("store/ledger.db", damaged);
        const auto refused = apply();
        EXPECT_EQ(refused.exit_code, 1);
        EXPECT_THAT(refused.errors, HasSubstr(newer ? "written by a newer kedge (schema 9" : "cannot use: damaged"));
        EXPECT_EQ(bytes_of("store/ledger.db"), damaged);
    }
    EXPECT_EQ(stage.writes(), writes);
    stage.write("store/ledger.db", whole);
    EXPECT_EQ(apply().exit_code, 0);
    EXPECT_EQ(stage.writes(), writes + 1);
}
