// The golden scenarios of the vendor's facts with the real binaries: git, SQLite, a socket, the command line. What is
// missing here (create, no-op, drift, 417, prune) stands in operator_test.cpp.
#include "tests/e2e/stage.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

class Golden : public testing::Test {
protected:
    void SetUp() override { stage.write_settings(); }
    void in_git(const std::string& name, const std::string& text) {
        stage.write("repository/mcp/" + name + ".yaml", text);
    }
    ProcessResult apply(Stage::Environment more = {}) { return stage.kedge({"apply", "--yes"}, std::move(more)); }
    // Applies, then looks and applies twice more: git and the control plane agree, and nothing is written any more.
    void converges(std::uint64_t writes, Stage::Environment more = {}) {
        const auto first = apply(more);
        EXPECT_EQ(first.exit_code, 0) << first.output << first.errors;
        EXPECT_EQ(stage.writes(), writes);
        for (int i = 0; i < 2; ++i) {
            const auto plan = stage.kedge({"plan", "--detailed-exitcode"}, more);
            EXPECT_EQ(plan.exit_code, 0) << plan.output;
            EXPECT_EQ(apply(more).exit_code, 0);
        }
        EXPECT_EQ(stage.writes(), writes) << "a loop";
    }
    // The names that real writes were about, in their order.
    std::vector<std::string> written() {
        std::vector<std::string> names;
        for (const auto& entry : stage.plane.audit().entries()) {
            if (entry.method == "PUT" && !entry.dry_run && entry.status == 200) names.push_back(entry.name);
        }
        return names;
    }
    std::uint64_t requests(const std::string& name) {
        const auto entries = stage.plane.audit().entries();
        return static_cast<std::uint64_t>(
            std::count_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.name == name; }));
    }
    std::size_t live() { return stage.plane.registry().in_order().size(); }
    Stage stage;
};

} // namespace

TEST_F(Golden, tool_settings_that_the_control_plane_converts_converge) {
    in_git("github",
           Stage::remote("github", "tool_settings:\n  - name: delete_repo\n    disabled: true\n  - name: search\n    "
                                   "description: Search code\n"));
    stage.commit("Tools");
    converges(1);
    EXPECT_FALSE(stage.console.manifest("github").contains("tool_settings")) << "it was converted";
    std::filesystem::remove(stage.path("store/memo.db"));
    EXPECT_EQ(stage.kedge({"plan", "--detailed-exitcode"}).exit_code, 0) << "also without a memory of it";
}

TEST_F(Golden, a_redacted_header_value_does_not_loop_and_a_new_value_is_sent_once) {
    in_git("github", Stage::remote("github", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                                             "Authorization: Bearer ${env:GH}\n"));
    stage.commit("A header");
    stage.write_settings("secrets: [\"env:GH\"]");
    converges(1, {{"GH", "one"}});
    const auto rotated = apply({{"GH", "two"}});
    EXPECT_EQ(rotated.exit_code, 0) << rotated.output;
    EXPECT_EQ(stage.writes(), 2U);
    EXPECT_EQ(stage.console.manifest("github")["auth_data"]["headers"]["Authorization"], "Bearer two");
    converges(2, {{"GH", "two"}});
}

TEST_F(Golden, a_virtual_server_is_created_after_its_sources_in_one_commit) {
    in_git("a-all", "type: mcp-server/virtual\nname: a-all\ndescription: All tools\nservers:\n  - name: github\n  - "
                    "name: jira\ncollaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n");
    in_git("github", Stage::remote("github"));
    in_git("jira", Stage::remote("jira"));
    stage.commit("Three at once");
    converges(3);
    EXPECT_EQ(written().back(), "a-all");
}

TEST_F(Golden, a_rename_is_a_create_and_then_a_delete) {
    in_git("github", Stage::remote("github"));
    in_git("jira", Stage::remote("jira"));
    stage.commit("Two servers");
    converges(2);
    auto text = Stage::remote("github");
    text.replace(text.find("name: github"), 12, "name: github-cloud");
    in_git("github", text);
    stage.commit("Another name");
    const auto plan = stage.kedge({"plan"});
    EXPECT_THAT(plan.output, HasSubstr("github-cloud"));
    EXPECT_THAT(plan.output, HasSubstr("renamed"));
    converges(4);
    EXPECT_TRUE(stage.console.manifest("github").is_null());
    EXPECT_FALSE(stage.console.manifest("github-cloud").is_null());
}

TEST_F(Golden, a_rename_whose_create_fails_keeps_the_old_name) {
    in_git("github", Stage::remote("github"));
    stage.commit("One server");
    converges(1);
    auto text = Stage::remote("github");
    text.replace(text.find("name: github"), 12, "name: github-cloud");
    in_git("github", text);
    stage.commit("Another name");
    stage.plane.faults().add(sandbox::parse_fault("PUT ** 500 count=0 when=real").fault);
    EXPECT_EQ(apply().exit_code, 1);
    EXPECT_FALSE(stage.console.manifest("github").is_null());
    stage.plane.faults().clear();
    converges(3);
    EXPECT_TRUE(stage.console.manifest("github").is_null());
}

TEST_F(Golden, an_orphan_that_nobody_owns_is_left_alone) {
    const Json orphan = Json::parse(
        R"({"type":"mcp-server/remote","name":"from-the-console","description":"x","url":"https://x.example.com/mcp","collaborators":[]})");
    ASSERT_FALSE(stage.console.add(orphan));
    const auto before = stage.console.manifest("from-the-console");
    in_git("github", Stage::remote("github"));
    in_git("jira", Stage::remote("jira"));
    stage.commit("Two servers");
    converges(2);
    std::filesystem::remove(stage.path("repository/mcp/jira.yaml"));
    stage.commit("One less");
    const auto result = apply();
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_TRUE(stage.console.manifest("jira").is_null());
    EXPECT_EQ(stage.console.manifest("from-the-console"), before);
    EXPECT_THAT(stage.kedge({"plan"}).output, HasSubstr("1 live but not in git"));
}

TEST_F(Golden, three_pages_of_a_hundred_are_one_list) {
    const Json shape = Json::parse(
        R"({"type":"mcp-server/remote","description":"x","url":"https://x.example.com/mcp","collaborators":[]})");
    for (int i = 0; i < 249; ++i) {
        auto one = shape;
        one["name"] = "console-" + std::to_string(1000 + i);
        ASSERT_FALSE(stage.console.add(one));
    }
    in_git("github", Stage::remote("github"));
    stage.commit("One of 250");
    stage.write_settings();
    const auto settings = stage.run({"cat", stage.path("kedge.yaml")}).output;
    auto paged = settings;
    paged.replace(paged.find("provider: truefoundry"), 21, "provider: truefoundry, page_size: 100");
    stage.write("kedge.yaml", paged);
    EXPECT_EQ(apply().exit_code, 0);
    stage.plane.audit().clear();
    const auto plan = stage.kedge({"plan", "--detailed-exitcode"});
    EXPECT_EQ(plan.exit_code, 0) << plan.output << plan.errors;
    EXPECT_THAT(plan.output, HasSubstr("249 live but not in git"));
    EXPECT_THAT(plan.output, HasSubstr("3 lists"));
    std::vector<std::string> pages;
    for (const auto& entry : stage.plane.audit().entries()) {
        if (entry.path.find("/mcp?") != std::string::npos) pages.push_back(entry.path.substr(entry.path.find('?')));
    }
    EXPECT_THAT(pages, testing::ElementsAre("?limit=100&offset=0", "?limit=100&offset=100", "?limit=100&offset=200"));
}

TEST_F(Golden, a_token_revoked_in_mid_sync_stops_the_pass_and_a_new_one_goes_on) {
    for (int i = 0; i < 120; ++i) {
        const auto name = "s" + std::to_string(1000 + i);
        in_git(name, Stage::remote(name));
    }
    stage.commit("Many servers");
    stage.plane.faults().add(sandbox::parse_fault("PUT ** slow ms=20 count=0 when=real").fault);
    Daemon running(stage, {"apply", "--yes"});
    const auto person = sandbox::person_of(sandbox::Role::writer, stage.plane.tenant());
    ASSERT_TRUE(running.wait_until([&] { return stage.writes() > 10; })) << running.log();
    ASSERT_TRUE(stage.plane.people().revoke(person.slug));
    EXPECT_EQ(running.wait(), 6) << running.log();
    EXPECT_THAT(running.log(), HasSubstr("Stopped early: "));
    EXPECT_THAT(running.log(), HasSubstr("does not know this token"));
    EXPECT_THAT(running.log(), Not(HasSubstr("tfy_writer")));
    const auto there = live();
    EXPECT_LT(there, 120U);
    EXPECT_EQ(apply().exit_code, 1) << "nothing can be done with it";
    EXPECT_EQ(live(), there);
    stage.plane.people().add("tfy_new", person);
    stage.plane.faults().clear();
    const auto again = apply({{"TFY_API_KEY", "tfy_new"}});
    EXPECT_EQ(again.exit_code, 0) << again.output << again.errors;
    EXPECT_EQ(live(), 120U);
}

TEST_F(Golden, two_manifests_of_one_name_are_an_error_before_any_call) {
    in_git("a", Stage::remote("github"));
    in_git("b", Stage::remote("github", "tags: {team: b}\n"));
    in_git("jira", Stage::remote("jira"));
    stage.commit("Twice the same");
    stage.plane.audit().clear();
    const auto valid = stage.kedge({"validate"});
    EXPECT_EQ(valid.exit_code, 1);
    EXPECT_EQ(stage.plane.audit().counters().requests, 0U);
    const auto result = apply();
    EXPECT_EQ(result.exit_code, 6) << result.output << "the other one went on";
    for (const auto& text : {valid.output, result.output}) {
        EXPECT_THAT(text, HasSubstr("a.yaml"));
        EXPECT_THAT(text, HasSubstr("b.yaml"));
    }
    EXPECT_EQ(requests("github"), 0U) << "neither is asked about nor sent";
    EXPECT_EQ(written(), std::vector<std::string>{"jira"});
}

TEST_F(Golden, a_token_that_may_not_write_is_told_what_it_lacks) {
    in_git("github", Stage::remote("github"));
    stage.commit("One server");
    const auto result = apply({{"TFY_API_KEY", "tfy_reader"}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.output, HasSubstr("the token needs the right to write MCP servers"));
    EXPECT_THAT(result.output, HasSubstr("The token may not write"));
    EXPECT_THAT(result.output, Not(HasSubstr("another text in git")));
}
