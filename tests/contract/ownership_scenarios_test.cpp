// Whose a registration is, who may see it, and what happens when one leaves: adoption, markers, tokens, secrets,
// letting go.
#include "tests/contract/world.h"

#include "base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

TEST(scenario, a_foreign_registration_that_equals_git_is_adopted_without_a_write) {
    World world;
    world.add("github");
    world.add_live({{"type", "mcp-server/remote"},
                    {"name", "github"},
                    {"description", "Tools of github"},
                    {"url", "https://github.example.com/mcp"},
                    {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}});
    const auto report = world.apply();
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_EQ(report.plan.counts.adopted, 1);
    EXPECT_TRUE(run_to_end(world.loop, world.ledger.load(world.unit->ledger_key())).owned.contains("github"));
    EXPECT_EQ(world.plan().counts.adopted, 0);
}

TEST(scenario, a_foreign_registration_that_differs_is_held_and_not_overwritten) {
    World world;
    world.add("github");
    world.add_live({{"type", "mcp-server/remote"},
                    {"name", "github"},
                    {"description", "somebody else's"},
                    {"url", "https://github.example.com/mcp"},
                    {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}});
    const auto report = world.apply();
    EXPECT_EQ(find_outcome(report, "github")->result, Result::held);
    EXPECT_EQ(find_outcome(report, "github")->change.holds.at(0).reason, HoldReason::foreign);
    EXPECT_EQ(world.live("github")["description"], "somebody else's");
}

TEST(scenario, a_lost_ledger_is_rebuilt_from_the_markers) {
    World world;
    world.add("github");
    world.add("jira");
    world.converge();
    run_to_end(world.loop, world.ledger.drop(world.unit->ledger_key()));
    world.restart();
    EXPECT_EQ(world.writes(), 2U);
    world.edit_live("github", {{"description", "edited"}});
    world.converge();
    EXPECT_EQ(world.live("github")["description"], "Tools of github") << "ours by its marker, so healed";
    EXPECT_EQ(world.writes(), 3U);
}

TEST(scenario, a_copy_made_in_the_console_carries_our_tags_and_stays_foreign) {
    World world;
    world.add("github");
    world.converge();
    auto copy = world.live("github");
    copy["name"] = "github-copy";
    world.add_live(copy);
    const auto report = world.converge();
    EXPECT_FALSE(world.live("github-copy").is_null());
    EXPECT_EQ(report.plan.counts.live_only, 1);
}

TEST(scenario, a_token_that_may_only_read_plans_and_says_what_was_not_checked) {
    World world;
    world.settings.us = {};
    world.restart();
    world.add("github");
    world.direct.use_token("tfy_reader");
    const auto plan = world.plan();
    ASSERT_NE(find_change(plan, "github"), nullptr);
    EXPECT_EQ(find_change(plan, "github")->check.kind, CheckKind::not_checked);
    EXPECT_THAT(find_change(plan, "github")->check.text, HasSubstr("may not write"));
}

TEST(scenario, a_revoked_token_stops_the_pass) {
    World world;
    for (int i = 0; i < 30; ++i) world.add("server-" + std::to_string(100 + i));
    sandbox::Fault fault;
    fault.method = "PUT";
    fault.status = 401;
    fault.count = 0;
    fault.skip = 5;
    fault.when = "real";
    world.plane.faults().add(fault);
    const auto report = world.apply();
    EXPECT_NE(report.stopped, "");
    EXPECT_LT(world.writes(), 15U);
    world.plane.faults().clear();
    world.converge();
    EXPECT_EQ(world.plan().counts.equal, 30);
}

TEST(scenario, three_pages_of_a_hundred_are_one_list) {
    WorldOptions options;
    options.page_size = 100;
    World world(options);
    for (int i = 0; i < 250; ++i) world.add("server-" + std::to_string(1000 + i));
    world.converge();
    const auto plan = world.plan();
    EXPECT_EQ(plan.counts.equal, 250);
    EXPECT_EQ(plan.counts.list_requests, 3);
}

TEST(scenario, a_rotated_secret_is_sent_once_and_never_shown) {
    WorldOptions options;
    options.environment = {{"GITHUB_TOKEN", "value-one"}};
    options.secrets = {"env:GITHUB_TOKEN"};
    World world(options);
    const std::string auth =
        "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer ${env:GITHUB_TOKEN}\n";
    world.add("github", auth);
    world.converge();
    EXPECT_EQ(world.live("github")["auth_data"]["headers"]["Authorization"], "Bearer value-one");
    EXPECT_TRUE(world.plan().changes.empty());
    const SecretStore rotated(options.secrets, {{"GITHUB_TOKEN", "value-two"}}, Secret("a key of the tests"));
    RestProvider provider(*world.dialect, world.client, rotated, world.clock);
    const UnitParts parts{world.source, provider, world.ledger, world.memo, rotated, world.clock, world.pool};
    world.unit = std::make_unique<Unit>(world.settings, parts);
    const auto plan = world.plan();
    ASSERT_NE(find_change(plan, "github"), nullptr);
    EXPECT_EQ(find_change(plan, "github")->action, Action::rotate);
    world.converge();
    EXPECT_EQ(world.live("github")["auth_data"]["headers"]["Authorization"], "Bearer value-two");
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(scenario, a_manifest_that_the_control_plane_refuses_is_shown_at_its_line) {
    World world;
    auto knobs = world.plane.knobs();
    knobs.strict_keys = true;
    world.plane.set_knobs(knobs);
    world.add("github", "favourite_colour: blue\n");
    world.add("jira");
    const auto report = world.apply();
    const auto* outcome = find_outcome(report, "github");
    EXPECT_EQ(outcome->result, Result::refused);
    EXPECT_EQ(outcome->change.check.place.line, 8);
    EXPECT_EQ(find_outcome(report, "jira")->result, Result::done);
}

TEST(scenario, another_tenant_behind_the_same_settings_stops_the_pass) {
    World world;
    world.add("github");
    world.converge();
    LedgerBatch batch;
    batch.pins = LedgerPins{"truefoundry/somebody-else", "key", "rules 1"};
    run_to_end(world.loop, world.ledger.commit(world.unit->ledger_key(), batch));
    EXPECT_THROW(world.look(), Failure);
}

TEST(scenario, letting_go_takes_markers_off_and_changes_nothing_else) {
    World world;
    world.add("github");
    world.add("jira", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    X-Key: a-literal\n");
    world.converge();
    auto github = world.live("github");
    const auto result = run_to_end(world.loop, world.unit->disown({}));
    EXPECT_EQ(result.unmarked, std::vector<std::string>{"github"});
    ASSERT_EQ(result.marker_left.size(), 1U);
    EXPECT_EQ(result.marker_left[0].name, "jira");
    EXPECT_EQ(result.marker_left[0].why, "it holds secrets that the control plane hides")
        << "a PUT could change more than the marker";
    EXPECT_FALSE(world.live("github").value("tags", Json::object()).contains("kedge"));
    EXPECT_TRUE(run_to_end(world.loop, world.ledger.load(world.unit->ledger_key())).owned.empty());
}

namespace {

Json by_hand(const std::string& name, const Json& more = Json::object()) {
    Json manifest{{"type", "mcp-server/remote"},
                  {"name", name},
                  {"description", "Tools of " + name},
                  {"url", "https://" + name + ".example.com/mcp"},
                  {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
    manifest.update(more);
    return manifest;
}

bool is_marked(World& world, const std::string& name) {
    return world.live(name).value("tags", Json::object()).contains("kedge");
}

Unit::Marked mark(World& world, std::vector<std::string> names = {}) {
    return run_to_end(world.loop, world.unit->mark(std::move(names)));
}

std::string why_left(const Unit::Marked& marked, const std::string& name) {
    for (const auto& one : marked.left) {
        if (one.name == name) return one.why;
    }
    return {};
}

} // namespace

TEST(marking, writes_the_marker_onto_what_was_adopted_and_nothing_else) {
    World world;
    for (const auto* name : {"github", "jira", "wiki"}) world.add(name);
    for (const auto* name : {"github", "jira"}) world.add_live(by_hand(name));
    world.add_live(by_hand("stranger"));
    world.converge();
    EXPECT_FALSE(is_marked(world, "github"));
    auto before = world.live("github");
    const auto writes = world.writes();
    const auto marked = mark(world);
    EXPECT_EQ(marked.names, (std::vector<std::string>{"github", "jira"}));
    EXPECT_EQ(marked.before, 1) << "wiki was created with it";
    EXPECT_TRUE(marked.left.empty());
    EXPECT_EQ(world.writes(), writes + 2);
    EXPECT_TRUE(is_marked(world, "github"));
    EXPECT_FALSE(is_marked(world, "stranger"));
    auto after = world.live("github");
    after.erase("tags");
    after.erase("ownedBy"); // the control plane fills it in, and nobody compares it
    EXPECT_EQ(after, before);
    EXPECT_TRUE(run_to_end(world.loop, world.ledger.load(world.unit->ledger_key())).owned.at("github").marked);
    EXPECT_TRUE(world.plan().changes.empty());
    EXPECT_EQ(mark(world).before, 3) << "once is enough";
    EXPECT_EQ(world.writes(), writes + 2);
}

TEST(marking, leaves_alone_what_a_write_would_change_more_of) {
    WorldOptions options;
    options.environment = {{"TOKEN", "a-value"}};
    options.secrets = {"env:TOKEN"};
    World world(options);
    const std::string header = "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    X-Key: ";
    world.add("hidden", header + "a-literal\n");
    world.add("differs");
    world.add("paused");
    world.add("refers", header + "${env:TOKEN}\n");
    world.add_live(by_hand(
        "hidden",
        {{"auth_data", {{"type", "header"}, {"auth_level", "global"}, {"headers", {{"X-Key", "a-literal"}}}}}}));
    world.add_live(by_hand("differs"));
    world.add_live(by_hand("paused", {{"tags", {{"kedge-pause", "yes"}}}}));
    world.converge();
    world.edit_live("differs", {{"description", "by hand"}});
    world.edit_live("refers", {{"tags", {{"kedge", nullptr}}}});
    const auto writes = world.writes();
    const auto marked = mark(world);
    EXPECT_TRUE(marked.names.empty());
    EXPECT_EQ(why_left(marked, "hidden"), "it holds secrets that the control plane hides");
    EXPECT_EQ(why_left(marked, "differs"), "it differs from git");
    EXPECT_EQ(why_left(marked, "paused"), "it carries another tag of kedge's own, which would be lost");
    EXPECT_THAT(why_left(marked, "refers"), HasSubstr("it holds secrets that"));
    EXPECT_EQ(world.writes(), writes);
}

TEST(marking, keeps_what_ignore_rules_leave_to_others) {
    World world;
    world.add("github", "x-kedge: {ignore: [tags.owner]}\n");
    world.add_live(by_hand("github", {{"tags", {{"owner", "somebody"}}}}));
    world.converge();
    EXPECT_EQ(mark(world).names, std::vector<std::string>{"github"});
    EXPECT_EQ(world.live("github")["tags"]["owner"], "somebody");
    EXPECT_TRUE(is_marked(world, "github"));
    EXPECT_EQ(run_to_end(world.loop, world.unit->disown({})).unmarked, std::vector<std::string>{"github"});
    EXPECT_EQ(world.live("github")["tags"], Json({{"owner", "somebody"}})) << "letting go leaves it as well";
}

TEST(marking, does_not_write_over_what_moved_since_the_list) {
    World world;
    world.add("github");
    world.add_live(by_hand("github"));
    world.converge();
    bool edited = false;
    world.direct.gate = [&](const HttpRequest& request) {
        const bool by_id = request.method == "GET" && request.target.find("/mcp/") != std::string::npos;
        if (by_id && !edited) world.edit_live("github", {{"description", "a moment ago"}});
        edited = edited || by_id;
    };
    const auto writes = world.writes();
    EXPECT_EQ(why_left(mark(world), "github"), "somebody changed it since the list");
    EXPECT_TRUE(edited);
    EXPECT_EQ(world.writes(), writes);
}

TEST(marking, says_what_the_control_plane_says_against_it) {
    World world;
    world.add("github");
    world.add_live(by_hand("github"));
    world.converge();
    world.direct.use_token("tfy_reader");
    world.restart();
    EXPECT_THAT(why_left(mark(world), "github"), HasSubstr("this token may not do that"));
    EXPECT_FALSE(is_marked(world, "github"));
}
