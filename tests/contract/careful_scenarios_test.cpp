// What kedge must not do, in cases that come up rarely: overwrite what the plan did not show, prune on half a view,
// believe a list that is wrong, mistake another key for another secret.
#include "tests/contract/world.h"

#include "base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

// A source that cannot be read any more once it is told so.
class FragileSource final : public Source {
public:
    Task<Snapshot> fetch() override {
        if (!broken.empty()) throw Failure(NextAction::retry, broken);
        co_return co_await inner.fetch();
    }
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override {
        co_return co_await inner.read(snapshot, std::move(files));
    }
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override {
        co_return co_await inner.causes(snapshot, std::move(since), std::move(paths));
    }
    MemorySource inner;
    std::string broken;
};

// A second unit of the same settings and target.
struct Neighbour {
    explicit Neighbour(World& world, bool siblings_rest = true) : settings(world.settings) {
        settings.us.unit = "neighbours";
        const UnitParts parts{source, world.provider, world.ledger, world.memo, world.secrets, world.clock, world.pool};
        unit = std::make_unique<Unit>(settings, parts);
        unit->join(board, siblings_rest);
        world.unit->join(board, siblings_rest);
    }
    std::shared_ptr<TargetBoard> board = std::make_shared<TargetBoard>();
    UnitSettings settings;
    FragileSource source;
    std::unique_ptr<Unit> unit;
};

const std::string header_auth =
    "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer one\n";

std::string combining(const std::string& name, const std::string& source) {
    return "type: mcp-server/virtual\nname: " + name + "\ndescription: Combines " + source +
           "\ncollaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\nservers:\n  - name: " + source +
           "\n    enabled_tools: [search]\n";
}

} // namespace

TEST(careful, kept_collaborators_and_ignored_fields_stay_as_others_made_them) {
    World world;
    const std::string rules = "tags:\n  owner: platform\nx-kedge:\n  keep: [collaborators]\n  ignore: [tags.owner]\n";
    world.add("github", rules);
    world.converge();
    auto people = world.live("github")["collaborators"];
    people.push_back({{"subject", "user:guest@example.com"}, {"role_id", "mcp-server-user"}});
    world.edit_live("github", {{"collaborators", people}, {"tags", {{"owner", "somebody else"}}}});
    EXPECT_TRUE(world.plan().changes.empty()) << "neither is compared";
    auto text = World::remote("github", rules);
    text.replace(text.find("Tools of"), 8, "All of the tools of");
    world.source.set("github.yaml", text);
    world.converge();
    EXPECT_EQ(world.live("github")["description"], "All of the tools of github");
    EXPECT_EQ(world.live("github")["collaborators"].size(), 2U);
    EXPECT_EQ(world.live("github")["tags"]["owner"], "somebody else");
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(careful, a_replacement_that_the_control_plane_would_refuse_deletes_nothing) {
    World world;
    auto knobs = world.plane.knobs();
    knobs.known_subjects = "team:everyone";
    world.plane.set_knobs(knobs);
    world.add("github");
    world.converge();
    world.source.set("github.yaml", "type: mcp-server/stdio\nname: github\ndescription: Tools of github\ncommand: npx\n"
                                    "collaborators:\n  - subject: team:nobody\n    role_id: mcp-server-user\n");
    const auto plan = world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    ASSERT_EQ(plan.changes[0].action, Action::replace);
    world.release(plan.changes[0]);
    const auto report = world.apply();
    EXPECT_NE(find_outcome(report, "github")->result, Result::done);
    EXPECT_EQ(world.live("github")["type"], "mcp-server/remote");
}

TEST(careful, a_name_that_somebody_registers_between_plan_and_write_is_a_conflict) {
    World world;
    world.add("github");
    auto look = world.look();
    world.clock.advance(Milliseconds(31000));
    world.add_live({{"type", "mcp-server/remote"},
                    {"name", "github"},
                    {"description", "somebody else's"},
                    {"url", "https://github.example.com/mcp"},
                    {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}});
    const auto report = run_to_end(world.loop, world.unit->act(std::move(look), {}, {}));
    EXPECT_EQ(find_outcome(report, "github")->result, Result::held);
    EXPECT_EQ(find_outcome(report, "github")->change.holds.at(0).reason, HoldReason::conflict);
    EXPECT_EQ(world.live("github")["description"], "somebody else's");
}

TEST(careful, overrides_that_cannot_be_read_stop_every_write) {
    World world;
    world.add("github");
    world.source.set(".kedge/overrides", "- match: {nme: github}\n  prune: never\n");
    const auto report = world.apply();
    EXPECT_TRUE(has_errors(report.plan.findings));
    EXPECT_TRUE(report.plan.changes.empty());
    EXPECT_EQ(world.writes(), 0U);
}

TEST(careful, a_source_is_not_deleted_while_the_virtual_server_that_names_it_could_not_be_updated) {
    World world;
    world.add("github");
    world.add("jira");
    world.source.set("both.yaml", combining("both", "github"));
    world.converge();
    world.source.set("both.yaml", combining("both", "jira"));
    world.source.remove("github.yaml");
    sandbox::Fault fault;
    fault.method = "PUT";
    fault.status = 400;
    fault.count = 1;
    fault.when = "real";
    world.plane.faults().add(fault);
    const auto report = world.apply();
    EXPECT_EQ(find_outcome(report, "both")->result, Result::refused);
    EXPECT_EQ(find_outcome(report, "github")->result, Result::not_started);
    EXPECT_FALSE(world.live("github").is_null());
    world.converge();
    EXPECT_TRUE(world.live("github").is_null()) << "once the virtual server names it no more";
}

TEST(careful, an_adopted_registration_that_drifts_is_only_reported_where_drift_is) {
    World world;
    world.settings.drift = Reaction::report;
    world.restart();
    world.add("github");
    world.add_live({{"type", "mcp-server/remote"},
                    {"name", "github"},
                    {"description", "Tools of github"},
                    {"url", "https://github.example.com/mcp"},
                    {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}});
    world.apply();
    world.edit_live("github", {{"description", "by hand"}});
    const auto report = world.apply();
    EXPECT_EQ(find_outcome(report, "github")->result, Result::left_alone);
    EXPECT_EQ(find_outcome(report, "github")->change.cause.kind, CauseKind::live_moved);
    EXPECT_EQ(world.live("github")["description"], "by hand");
}

TEST(careful, another_installation_key_makes_secrets_unknown_and_changes_nothing) {
    WorldOptions options;
    options.environment = {{"GITHUB_TOKEN", "value-one"}};
    options.secrets = {"env:GITHUB_TOKEN"};
    World world(options);
    world.add("github", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer "
                        "${env:GITHUB_TOKEN}\n");
    world.add("jira", header_auth);
    world.converge();
    ASSERT_EQ(world.writes(), 2U);
    world.settings.seal_key = Secret("quite another key");
    const SecretStore secrets(options.secrets, options.environment, Secret("quite another key"));
    RestProvider provider(*world.dialect, world.client, secrets, world.clock);
    const UnitParts parts{world.source, provider, world.ledger, world.memo, secrets, world.clock, world.pool};
    world.unit = std::make_unique<Unit>(world.settings, parts);
    const auto report = world.apply();
    EXPECT_TRUE(report.plan.changes.empty());
    EXPECT_EQ(report.plan.counts.secrets_unknown, 2);
    EXPECT_EQ(world.writes(), 2U);
    world.add("jira", "tags:\n  team: x\n" + header_auth);
    world.converge();
    EXPECT_EQ(world.writes(), 3U);
}

TEST(careful, an_owned_registration_that_the_list_forgets_is_asked_for_by_its_id_and_not_created_again) {
    World world;
    world.add("github");
    world.add("jira");
    world.converge();
    world.direct.tamper = [](const HttpRequest& request, HttpOutcome& outcome) {
        if (request.method != "GET" || request.target.find("limit=") == std::string::npos) return;
        auto body = Json::parse(outcome.response.body);
        auto& rows = body["data"];
        if (rows.empty()) return;
        rows.erase(rows.begin());
        body["pagination"]["total"] = rows.size();
        outcome.response.body = body.dump();
    };
    try {
        world.apply();
        ADD_FAILURE() << "a wrong list was believed";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("is missing from it but exists"));
    }
    EXPECT_EQ(world.writes(), 2U);
    world.direct.tamper = nullptr;
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(careful, an_owned_registration_that_is_gone_is_created_again) {
    World world;
    world.add("github");
    world.converge();
    world.plane.registry().remove(*world.plane.registry().by_name("github"));
    world.converge();
    EXPECT_FALSE(world.live("github").is_null());
    EXPECT_EQ(world.writes(), 2U);
}

TEST(careful, what_the_server_made_of_an_exact_field_is_never_taken_for_normal) {
    World world;
    auto knobs = world.plane.knobs();
    knobs.strip_trailing_slash = true;
    world.plane.set_knobs(knobs);
    auto text = World::remote("github");
    text.replace(text.find("/mcp\n"), 5, "/mcp/\n");
    world.source.set("github.yaml", text);
    world.apply();
    const auto ledger = run_to_end(world.loop, world.ledger.load(world.unit->ledger_key()));
    EXPECT_TRUE(ledger.owned.at("github").answered.empty());
}

TEST(careful, nothing_is_pruned_while_a_neighbour_cannot_be_read_and_the_plan_says_why) {
    World world;
    Neighbour neighbour(world);
    world.add("github");
    world.add("jira");
    world.converge();
    world.source.remove("jira.yaml");
    neighbour.source.broken = "source \"other\": fetch: no answer";
    const auto plan = world.plan();
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_THAT(plan.prune_off, HasSubstr("unit \"neighbours\": source \"other\": fetch: no answer"));
    neighbour.source.broken.clear();
    EXPECT_EQ(world.plan().changes.size(), 1U);
}

TEST(careful, what_a_neighbour_declares_by_now_is_handed_over_and_not_pruned) {
    World world;
    Neighbour neighbour(world);
    world.add("github");
    world.add("jira");
    world.converge();
    EXPECT_TRUE(neighbour.unit->desired().loaded()) << "a first look reads its neighbours";
    world.source.remove("jira.yaml");
    neighbour.source.inner.set("jira.yaml", World::remote("jira"));
    const auto report = world.apply();
    EXPECT_TRUE(report.plan.changes.empty()) << "the neighbour's newest manifests count, not those of its last pass";
    EXPECT_FALSE(world.live("jira").is_null());
}

TEST(careful, a_newer_commit_supersedes_a_long_apply_between_two_changes) {
    World world;
    for (int i = 0; i < 130; ++i) world.add("server-" + std::to_string(100 + i));
    bool moved = false;
    world.direct.tamper = [&](const HttpRequest& request, HttpOutcome&) {
        if (request.method != "PUT" || request.body.find("\"dryRun\":true") != std::string::npos || moved) return;
        moved = true;
        world.source.remove("server-229.yaml"); // the newest commit does not want the last one any more
        world.clock.advance(Milliseconds(61000));
    };
    const auto report = world.apply();
    EXPECT_TRUE(report.superseded);
    EXPECT_THAT(report.stopped, HasSubstr("superseded by commit-131"));
    EXPECT_TRUE(world.live("server-229").is_null());
    EXPECT_FALSE(world.live("server-100").is_null());
    world.direct.tamper = nullptr;
    world.converge();
    EXPECT_EQ(world.plan().counts.equal, 129);
    EXPECT_TRUE(world.live("server-229").is_null()) << "it was never created";
}
