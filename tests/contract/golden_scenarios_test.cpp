// What a control plane and a repository go through together, from the first apply to the last delete.
#include "tests/contract/world.h"

#include "base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

const std::string oauth = R"(auth_data:
  type: oauth2
  grant_type: authorization_code
  authorization_url: https://idp.example.com/authorize
  token_url: https://idp.example.com/token
  jwt_source: access_token
)";

const std::string header_auth = R"(auth_data:
  type: header
  auth_level: global
  headers:
    Authorization: Bearer tfy-secret://acme:tools:github
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

} // namespace

TEST(scenario, what_is_new_in_git_is_created_checked_and_then_in_sync) {
    World world;
    world.add("github");
    const auto report = world.apply();
    ASSERT_EQ(report.outcomes.size(), 1U);
    EXPECT_EQ(report.outcomes[0].result, Result::done);
    EXPECT_EQ(report.outcomes[0].change.check.kind, CheckKind::passed);
    EXPECT_EQ(world.live("github")["url"], "https://github.example.com/mcp");
    EXPECT_EQ(world.live("github")["tags"]["kedge"].get<std::string>().substr(0, 11), "prod.tools.");
    const auto plan = world.plan();
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_EQ(plan.counts.equal, 1);
}

TEST(scenario, nothing_to_do_asks_for_the_list_only) {
    World world;
    for (int i = 0; i < 20; ++i) world.add("server-" + std::to_string(100 + i), header_auth);
    world.converge();
    const auto before = world.plane.audit().counters().requests;
    const auto plan = world.plan();
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_EQ(world.plane.audit().counters().requests - before, 1U);
}

TEST(scenario, what_somebody_changed_by_hand_is_seen_and_healed) {
    World world;
    world.add("github");
    world.converge();
    world.edit_live("github", {{"description", "edited in the console"}});
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->cause.kind, CauseKind::live_moved);
    ASSERT_EQ(change->differences.size(), 1U);
    EXPECT_EQ(change->differences[0].path, "description");
    world.converge();
    EXPECT_EQ(world.live("github")["description"], "Tools of github");
}

TEST(scenario, drift_that_is_only_reported_stays) {
    World world;
    world.add("github");
    world.converge();
    world.settings.drift = Reaction::report;
    world.restart();
    world.edit_live("github", {{"description", "edited in the console"}});
    const auto report = world.apply();
    EXPECT_EQ(find_outcome(report, "github")->result, Result::left_alone);
    EXPECT_EQ(world.live("github")["description"], "edited in the console");
}

TEST(scenario, drift_is_healed_after_it_lasted_long_enough) {
    World world;
    world.settings.heal_after = Milliseconds(600000);
    world.restart();
    world.add("github");
    world.converge();
    world.edit_live("github", {{"description", "edited in the console"}});
    EXPECT_EQ(find_outcome(world.apply(), "github")->result, Result::left_alone);
    world.clock.advance(Milliseconds(601000));
    EXPECT_EQ(find_outcome(world.apply(), "github")->result, Result::done);
}

TEST(scenario, an_auth_change_that_signs_people_out_is_held_until_git_releases_it) {
    World world;
    world.add("jira", oauth);
    world.converge();
    world.sign_in("jira", "ann");
    world.sign_in("jira", "bob");
    world.source.set("jira.yaml",
                     World::remote("jira", replaced(oauth, "idp.example.com/token", "idp2.example.com/token")));
    const auto held = world.apply();
    const auto* outcome = find_outcome(held, "jira");
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->result, Result::held);
    EXPECT_EQ(outcome->change.holds.at(0).reason, HoldReason::sign_out);
    EXPECT_EQ(world.forced(), 0U);
    EXPECT_EQ(world.live("jira")["auth_data"]["token_url"], "https://idp.example.com/token");

    world.release(outcome->change, "announced to all users", 5);
    const auto done = world.apply();
    EXPECT_EQ(find_outcome(done, "jira")->result, Result::done);
    EXPECT_TRUE(find_outcome(done, "jira")->forced);
    EXPECT_EQ(world.forced(), 1U);
    EXPECT_EQ(world.live("jira")["auth_data"]["token_url"], "https://idp2.example.com/token");
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(scenario, a_release_is_good_for_one_write) {
    World world;
    world.add("jira", oauth);
    world.converge();
    world.sign_in("jira", "ann");
    const auto other = World::remote("jira", replaced(oauth, "idp.example.com/token", "idp2.example.com/token"));
    const auto first = World::remote("jira", oauth);
    world.source.set("jira.yaml", other);
    world.release(*find_change(world.plan(), "jira"));
    world.converge();
    EXPECT_EQ(world.forced(), 1U);
    world.source.set("jira.yaml", first);
    world.sign_in("jira", "ann");
    world.converge();
    EXPECT_EQ(world.forced(), 1U) << "the way back needs a yes of its own";
}

TEST(scenario, an_acknowledgement_that_appears_only_at_the_write_is_held_as_well) {
    World world;
    auto knobs = world.plane.knobs();
    knobs.dry_run_reports_417 = false;
    world.plane.set_knobs(knobs);
    world.add("jira", oauth);
    world.converge();
    world.sign_in("jira", "ann");
    world.source.set("jira.yaml",
                     World::remote("jira", replaced(oauth, "idp.example.com/token", "idp2.example.com/token")));
    const auto report = world.apply();
    EXPECT_EQ(find_outcome(report, "jira")->result, Result::held);
    EXPECT_EQ(world.forced(), 0U);
}

TEST(scenario, tool_settings_that_the_server_converts_do_not_loop) {
    World world;
    world.add(
        "github",
        "tool_settings:\n  - name: delete_repo\n    disabled: true\n  - name: search\n    description: Search code\n");
    world.converge();
    EXPECT_FALSE(world.live("github").contains("tool_settings"));
    EXPECT_TRUE(world.plan().changes.empty());
    world.restart();
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(scenario, a_redacted_header_value_does_not_loop) {
    World world;
    world.add("github", header_auth);
    world.converge();
    EXPECT_TRUE(world.plan().changes.empty());
    world.restart();
    const auto plan = world.plan();
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_EQ(plan.counts.equal, 1);
}

TEST(scenario, a_virtual_server_is_created_after_its_sources_in_one_commit) {
    World world;
    world.source.set("a-combined.yaml", "type: mcp-server/virtual\nname: a-combined\ndescription: All "
                                        "tools\nservers:\n  - name: github\n  - name: jira\n"
                                        "collaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n");
    world.add("github");
    world.add("jira");
    const auto report = world.apply();
    EXPECT_EQ(find_outcome(report, "a-combined")->result, Result::done) << find_outcome(report, "a-combined")->text;
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(scenario, a_changed_name_is_a_create_and_a_delete_seen_as_one_rename) {
    World world;
    world.add("github");
    world.add("jira");
    world.converge();
    world.source.remove("github.yaml");
    world.source.set("github.yaml", replaced(World::remote("github"), "name: github", "name: github-cloud"));
    const auto plan = world.plan();
    ASSERT_NE(find_change(plan, "github-cloud"), nullptr);
    EXPECT_EQ(find_change(plan, "github-cloud")->cause.renamed_from, "github");
    EXPECT_EQ(find_change(plan, "github")->action, Action::remove);
    world.converge();
    EXPECT_TRUE(world.live("github").is_null());
    EXPECT_FALSE(world.live("github-cloud").is_null());
}

TEST(scenario, a_renamed_file_with_a_changed_name_is_a_rename_and_the_old_one_stays_until_the_new_one_is_there) {
    for (const std::string edit : {"", "tags:\n  team: tools\n"}) {
        World world;
        world.add("github", header_auth);
        world.add("jira");
        world.converge();
        world.source.remove("github.yaml");
        world.source.set("elsewhere.yaml",
                         replaced(World::remote("github", header_auth + edit), "name: github", "name: github-cloud"));
        sandbox::Fault fault;
        fault.method = "PUT";
        fault.status = 400;
        fault.count = 0;
        fault.when = "real";
        world.plane.faults().add(fault);
        const auto report = world.apply();
        EXPECT_EQ(find_change(report.plan, "github-cloud")->cause.renamed_from, "github");
        EXPECT_NE(find_outcome(report, "github-cloud")->result, Result::done);
        EXPECT_FALSE(world.live("github").is_null());
        world.plane.faults().clear();
        world.converge();
        EXPECT_TRUE(world.live("github").is_null());
        EXPECT_FALSE(world.live("github-cloud").is_null());
    }
}

TEST(scenario, a_delete_names_the_commit_that_took_its_manifest_away) {
    World world;
    world.add("github");
    world.add("jira");
    world.converge();
    world.source.remove("github.yaml");
    world.source.touched_by["github.yaml"] =
        CommitReference({"0123456789abcdef", "Ann <ann@example.com>", "Drop GitHub (#42)", 0});
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    ASSERT_TRUE(change->cause.commit);
    EXPECT_EQ(change->cause.commit->title, "Drop GitHub (#42)");
    EXPECT_EQ(change->place.file, "github.yaml");
}

TEST(scenario, a_moved_file_changes_nothing) {
    World world;
    world.add("github");
    world.converge();
    const auto text = world.source.files["github.yaml"];
    world.source.remove("github.yaml");
    world.source.set("team-a/github.yaml", text);
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(scenario, what_left_git_is_pruned_and_what_others_registered_stays) {
    World world;
    world.add("github");
    world.add("jira");
    world.add_live({{"type", "mcp-server/remote"},
                    {"name", "from-the-console"},
                    {"description", "x"},
                    {"url", "https://x.example.com/mcp"},
                    {"collaborators", Json::array()}});
    world.converge();
    world.source.remove("jira.yaml");
    const auto report = world.converge();
    EXPECT_TRUE(world.live("jira").is_null());
    EXPECT_FALSE(world.live("from-the-console").is_null());
    EXPECT_EQ(report.plan.counts.live_only, 1);
}

TEST(scenario, an_empty_source_deletes_nothing) {
    World world;
    world.add("github");
    world.converge();
    world.source.remove("github.yaml");
    const auto report = world.apply();
    EXPECT_FALSE(world.live("github").is_null());
    EXPECT_FALSE(report.plan.prune);
}

TEST(scenario, one_broken_manifest_stops_every_delete_and_its_live_server_stays_as_it_is) {
    World world;
    world.add("github");
    world.add("jira");
    world.add("slack");
    world.converge();
    world.source.remove("slack.yaml");
    world.source.set("jira.yaml", "type: mcp-server/remote\nname: jira\nname: jira\n");
    world.source.set("github.yaml", replaced(World::remote("github"), "Tools of github", "Better tools"));
    const auto report = world.apply();
    EXPECT_EQ(world.live("github")["description"], "Better tools") << "the good ones go on";
    EXPECT_FALSE(world.live("slack").is_null());
    EXPECT_FALSE(world.live("jira").is_null());
    EXPECT_TRUE(has_errors(report.plan.findings));
}

TEST(scenario, two_manifests_of_one_name_are_an_error_and_neither_is_sent) {
    World world;
    world.source.set("a.yaml", World::remote("github"));
    world.source.set("b.yaml", World::remote("github", "tags: {team: b}\n"));
    const auto report = world.apply();
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_TRUE(world.live("github").is_null());
    std::string places;
    for (const auto& finding : report.plan.findings) places += finding.place.file + " " + finding.message + "\n";
    EXPECT_THAT(places, HasSubstr("a.yaml"));
    EXPECT_THAT(places, HasSubstr("b.yaml"));
}

TEST(scenario, a_new_manifest_is_read_once_though_it_is_checked_and_written) {
    World world;
    for (const auto* name : {"github", "jira", "slack"}) world.add(name);
    world.apply();
    EXPECT_EQ(world.writes(), 3U);
    EXPECT_EQ(world.source.blobs_read(), 3U);
}
