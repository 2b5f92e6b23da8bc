// What random worlds found, each as a story of its own.
#include "tests/contract/world.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

LedgerState ledger_of(World& world) {
    return run_to_end(world.loop, world.ledger.load(world.unit->ledger_key()));
}

} // namespace

TEST(mended, a_rotated_secret_is_sent_though_a_dry_run_finds_all_else_equal) {
    WorldOptions options;
    options.environment = {{"GITHUB_TOKEN", "value-one"}};
    options.secrets = {"env:GITHUB_TOKEN"};
    options.knobs.strip_trailing_slash = true; // `url` differs in every pass, and every dry run says that it would not
    World world(options);
    auto text = World::remote("github", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                                        "Authorization: Bearer ${env:GITHUB_TOKEN}\n");
    text.replace(text.find("/mcp\n"), 5, "/mcp/\n");
    world.source.set("github.yaml", text);
    world.converge();
    ASSERT_EQ(world.live("github")["auth_data"]["headers"]["Authorization"], "Bearer value-one");
    world.secrets = SecretStore(options.secrets, {{"GITHUB_TOKEN", "value-two"}}, Secret("a key of the tests"));
    world.converge();
    EXPECT_EQ(world.live("github")["auth_data"]["headers"]["Authorization"], "Bearer value-two");
    const auto writes = world.writes();
    world.converge();
    EXPECT_EQ(world.writes(), writes);
}

TEST(mended, a_replacement_that_died_before_its_first_request_leaves_the_old_type_in_the_ledger) {
    World world;
    world.add("github");
    world.converge();
    world.source.set("github.yaml", "type: mcp-server/stdio\nname: github\ndescription: Tools of github\ncommand: npx\n"
                                    "collaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n");
    world.release(*find_change(world.plan(), "github"));
    auto look = world.look();
    struct Death {};
    world.direct.gate = [](const HttpRequest&) { throw Death(); };
    EXPECT_THROW(run_to_end(world.loop, world.unit->act(std::move(look), {}, {})), Death);
    world.direct.gate = nullptr;
    world.source.set("github.yaml", World::remote("github"));
    world.restart();
    world.converge();
    EXPECT_EQ(ledger_of(world).owned.at("github").type, "mcp-server/remote");
}

TEST(mended, a_registration_that_somebody_made_anew_is_owned_under_its_new_id) {
    World world;
    world.add("github");
    world.add("jira");
    world.converge();
    const auto copy = world.live("github");
    world.plane.registry().remove(*world.plane.registry().by_name("github"));
    world.add_live(copy);
    world.converge();
    EXPECT_EQ(world.writes(), 2U);
    EXPECT_EQ(ledger_of(world).owned.at("github").remote_id, world.plane.registry().by_name("github")->id);
}

TEST(mended, a_sign_in_after_the_first_dry_run_shows_in_the_next_plan) {
    World world;
    const std::string oauth = "auth_data:\n  type: oauth2\n  authorization_url: https://idp.example.com/authorize\n"
                              "  jwt_source: access_token\n  token_url: https://";
    world.add("jira", oauth + "one.example.com/token\n");
    world.converge();
    world.add("jira", oauth + "two.example.com/token\n");
    EXPECT_TRUE(find_change(world.plan(), "jira")->runs());
    world.sign_in("jira", "ann");
    const auto plan = world.plan();
    ASSERT_FALSE(find_change(plan, "jira")->holds.empty());
    EXPECT_EQ(find_change(plan, "jira")->holds.front().reason, HoldReason::sign_out);
}

TEST(mended, what_is_ours_by_its_marker_is_owned_again_at_once_though_its_change_is_held) {
    World world;
    world.add("github");
    world.converge();
    run_to_end(world.loop, world.ledger.drop(world.unit->ledger_key()));
    world.restart();
    world.edit_live("github", {{"description", "by hand"}, {"tags", {{"kedge-pause", "please"}}}});
    EXPECT_EQ(find_outcome(world.apply(), "github")->result, Result::held);
    ASSERT_TRUE(ledger_of(world).owned.contains("github"));
    EXPECT_NE(ledger_of(world).owned.at("github").declared, 0);
    EXPECT_TRUE(ledger_of(world).owned.at("github").sent.empty());
}

TEST(mended, a_literal_that_became_a_reference_stays_planned_until_it_is_sent) {
    WorldOptions options;
    options.environment = {{"GITHUB_TOKEN", "value-two"}};
    options.secrets = {"env:GITHUB_TOKEN"};
    options.knobs.mask_list = false; // what is live can be read, what the reference stands for can not
    World world(options);
    const std::string header =
        "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer ";
    world.add("github", header + "value-one\n");
    world.converge();
    world.add("github", header + "${env:GITHUB_TOKEN}\n");
    EXPECT_EQ(world.plan().changes.size(), 1U);
    EXPECT_EQ(world.plan().changes.size(), 1U) << "looking is not sending";
    world.converge();
    EXPECT_EQ(world.live("github")["auth_data"]["headers"]["Authorization"], "Bearer value-two");
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(mended, a_released_delete_does_not_wait_for_a_virtual_server_that_is_held) {
    World world;
    const std::string both = "type: mcp-server/virtual\nname: both\ndescription: Two\ncollaborators: []\nservers: ";
    world.add("github");
    world.add("jira");
    world.source.set("both.yaml", both + "[{name: github}, {name: jira}]\n");
    world.converge();
    world.edit_live("both", {{"tags", {{"kedge-pause", "please"}}}});
    world.source.set("both.yaml", both + "[{name: jira}]\n");
    world.source.remove("github.yaml");
    EXPECT_EQ(find_outcome(world.apply(), "github")->result, Result::held);
    world.release(*find_change(world.plan(), "github"));
    EXPECT_EQ(find_outcome(world.apply(), "github")->result, Result::done);
    EXPECT_TRUE(world.live("github").is_null());
}

TEST(mended, a_dry_run_that_passed_while_its_source_was_live_is_not_shown_once_that_is_gone) {
    World world;
    world.add("github");
    world.converge();
    world.source.set("both.yaml", "type: mcp-server/virtual\nname: both\ndescription: One\ncollaborators: []\n"
                                  "servers: [{name: github}]\n");
    EXPECT_EQ(find_change(world.plan(), "both")->check.kind, CheckKind::passed);
    world.plane.registry().remove(*world.plane.registry().by_name("github"));
    EXPECT_EQ(find_change(world.plan(), "both")->check.kind, CheckKind::not_checked);
}

TEST(mended, what_is_never_pruned_stays_where_somebody_registered_it_anew_and_git_calls_it_otherwise) {
    World world;
    world.add("github", "x-kedge:\n  prune: never\n");
    world.converge();
    const auto copy = world.live("github");
    world.plane.registry().remove(*world.plane.registry().by_name("github"));
    world.add_live(copy);
    world.source.remove("github.yaml");
    world.add("hub", "x-kedge:\n  formerly: [github]\n");
    world.converge();
    EXPECT_FALSE(world.live("hub").is_null());
    EXPECT_FALSE(world.live("github").is_null());
    EXPECT_TRUE(ledger_of(world).owned.at("github").prune_never);
}

TEST(mended, what_is_never_pruned_stays_though_its_create_was_never_answered) {
    World world;
    world.add("github", "x-kedge:\n  prune: never\n");
    world.add("jira");
    auto look = world.look();
    struct Death {};
    world.direct.tamper = [](const HttpRequest& request, HttpOutcome&) {
        if (request.method == "PUT" && request.body.find("\"name\":\"github\"") != std::string::npos) throw Death();
    };
    EXPECT_THROW(run_to_end(world.loop, world.unit->act(std::move(look), {}, {})), Death);
    world.direct.tamper = nullptr;
    ASSERT_FALSE(world.live("github").is_null());
    world.source.remove("github.yaml");
    world.restart();
    world.converge();
    EXPECT_FALSE(world.live("jira").is_null());
    EXPECT_FALSE(world.live("github").is_null());
}

TEST(mended, what_a_dry_run_calls_equal_after_a_lost_ledger_is_noted_as_where_it_began) {
    WorldOptions options;
    options.environment = {{"GITHUB_TOKEN", "value-one"}};
    options.secrets = {"env:GITHUB_TOKEN"};
    options.knobs.creator_as_manager = true; // live has an entry that git does not name
    World world(options);
    world.add("github", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                        "Authorization: Bearer ${env:GITHUB_TOKEN}\n");
    world.converge();
    run_to_end(world.loop, world.ledger.drop(world.unit->ledger_key()));
    world.restart();
    EXPECT_TRUE(world.apply().outcomes.empty());
    EXPECT_FALSE(ledger_of(world).owned.at("github").sent.empty());
    EXPECT_FALSE(ledger_of(world).owned.at("github").answered.empty());
    world.restart();
    EXPECT_EQ(world.plan().counts.dry_runs, 0) << "the ledger knows it, whatever is remembered of dry runs";
}

TEST(mended, a_change_that_a_dry_run_drops_leaves_no_trace_in_the_order) {
    WorldOptions options;
    options.knobs.creator_as_manager = true;
    World world(options);
    const auto combine = [&](const std::string& name, const std::string& source) {
        world.source.set(name + ".yaml", "type: mcp-server/virtual\nname: " + name +
                                             "\ndescription: One\ncollaborators: []\nservers: [{name: " + source +
                                             "}]\n");
    };
    world.add("github");
    world.converge();
    run_to_end(world.loop, world.ledger.drop(world.unit->ledger_key()));
    world.restart(); // now a dry run has to say that this one is equal
    world.add_live({{"type", "mcp-server/remote"}, {"name", "theirs"}, {"url", "https://theirs.example.com/mcp"}});
    combine("a", "github");
    combine("b", "theirs");
    const auto names = [](const Plan& plan) {
        std::string text;
        for (const auto& change : plan.changes) text += change.name + " ";
        return text;
    };
    EXPECT_EQ(names(world.plan()), "a b ");
    EXPECT_EQ(names(world.plan()), "a b ") << "in this look the answers are remembered";
}
