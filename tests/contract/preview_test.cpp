// What merging a pull request would do, shown: the same decision as after the merge, with nothing written and no secret
// read.
#include "base/failure.h"
#include "tests/contract/dice.h"
#include "tests/contract/pulls.h"
#include "tests/contract/random_git.h"
#include "tests/contract/random_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string url = "https://git.example.com/acme/tools.git";

struct PreviewWorld : World {
    explicit PreviewWorld(WorldOptions with = {}) : World(std::move(with)) {
        settings.source_url = url;
        settings.source_ref = "refs/heads/main";
        begin();
    }
    // Also after `settings` were moved.
    void begin() {
        previewer.reset();
        restart();
        unit->join(board, false);
        PreviewSubject subject{unit.get(),
                               merging,
                               without_secrets,
                               board,
                               "mcp",
                               [this] {
                                   return std::make_unique<MemoryMergedFolder>(source, merging, "tools", &blobs_read); }};
        std::vector<PreviewSubject> subjects{subject};
        previewer = std::make_unique<Previewer>(std::move(subjects), PreviewGround{ledger, memo, clock, pool});
    }
    ~PreviewWorld() { previewer.reset(); }
    PreviewWorld(const PreviewWorld&) = delete;
    PreviewWorld& operator=(const PreviewWorld&) = delete;

    Preview ask(const PullRequest& pull) {
        auto question = question_of(pull, url);
        question.rehearse = rehearse;
        question.forks = forks;
        return run_to_end(loop, previewer->preview(std::move(question)));
    }
    Preview preview(const Edits& edits) {
        const auto head = "head" + std::to_string(++heads);
        merging.heads[head]["tools"] = edits;
        return ask(pull_request(heads, head));
    }
    Plan preview_plan(const Edits& edits) {
        auto preview = this->preview(edits);
        EXPECT_EQ(preview.problem, "");
        EXPECT_EQ(preview.units.size(), 1U);
        if (preview.units.empty() || !preview.units[0].plan) {
            ADD_FAILURE() << "no plan: " << (preview.units.empty() ? "no unit" : preview.units[0].problem);
            return {};
        }
        return *preview.units[0].plan;
    }
    static Edits edit(const std::string& name, const std::string& more = {}) {
        return {{name + ".yaml", remote(name, more)}};
    }
    LedgerState ledger_now() { return run_to_end(loop, ledger.load(unit->ledger_key())); }

    MemoryMerging merging;
    SecretStore blind = SecretStore::blind();
    RestProvider without_secrets{*dialect, client, blind, clock, {Secret("tfy_writer")}};
    std::shared_ptr<TargetBoard> board = std::make_shared<TargetBoard>();
    std::size_t blobs_read = 0;
    int heads = 0;
    bool rehearse = false;
    std::vector<std::string> forks;
    std::unique_ptr<Previewer> previewer;
};

// What a preview cannot know: whether a secret has a new value.
void note_secret(const Plan& plan, std::set<std::string>& names) {
    for (const auto& change : plan.changes) {
        if (change.action == Action::rotate || !change.cause.secrets.empty()) names.insert(change.name);
    }
}

std::map<std::string, std::string> digests(const Plan& plan, const std::set<std::string>& but) {
    std::map<std::string, std::string> all;
    for (const auto& change : plan.changes) {
        if (but.contains(change.name)) continue;
        all[std::string(to_text(change.action)) + " " + change.name + " " + change.remote_id] = change.digest.hex();
    }
    return all;
}

std::vector<std::string> names_of(const Plan& plan) {
    std::vector<std::string> names;
    for (const auto& change : plan.changes) names.push_back(std::string(to_text(change.action)) + " " + change.name);
    return names;
}

} // namespace

TEST(preview, shows_what_the_merge_would_bring_and_writes_nothing) {
    PreviewWorld world;
    for (const auto* name : {"github", "jira", "slack"}) world.add(name);
    world.converge();
    const auto writes = world.writes();
    const auto ledger = world.ledger_now();
    Edits edits = PreviewWorld::edit("linear");
    edits["github.yaml"] = World::remote("github") + "tags: {team: new}\n";
    edits["jira.yaml"] = std::nullopt;
    const auto preview = world.preview(edits);
    ASSERT_EQ(preview.units.size(), 1U);
    const auto& unit = preview.units[0];
    ASSERT_TRUE(unit.plan) << unit.problem;
    EXPECT_THAT(names_of(*unit.plan), testing::UnorderedElementsAre("update github", "create linear", "delete jira"));
    EXPECT_EQ(unit.plan->revision.id, "head1");
    EXPECT_EQ(unit.unit, "tools");
    EXPECT_EQ(unit.folder, "mcp");
    EXPECT_EQ(unit.owned, 3);
    EXPECT_FALSE(unit.rehearsed);
    EXPECT_EQ(preview.base_commit, "base-1");
    EXPECT_FALSE(preview.tree.empty());
    EXPECT_EQ(world.writes(), writes);
    EXPECT_EQ(world.plane.audit().counters().dry_runs, 3U) << "those of the first apply";
    EXPECT_EQ(world.ledger_now().owned, ledger.owned);
    EXPECT_EQ(world.ledger_now().manifest_paths, ledger.manifest_paths);
    EXPECT_TRUE(world.plan().changes.empty()) << "the unit itself knows nothing of it";
}

TEST(preview, a_base_that_is_not_applied_yet_is_part_of_it) {
    PreviewWorld world;
    world.add("github");
    EXPECT_THAT(names_of(world.preview_plan(PreviewWorld::edit("jira"))), ElementsAre("create github", "create jira"));
}

TEST(preview, digests_are_those_of_the_plan_after_the_merge) {
    int changes = 0;
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        Dice dice(seed);
        ManifestMaker maker(dice);
        WorldOptions options;
        options.environment = {{"TOKEN_A", "value-a"}, {"TOKEN_B", "value-b"}};
        options.secrets = {"env:TOKEN_*"};
        PreviewWorld world(options);
        // Half of them ask the control plane; then so does the preview.
        world.settings.rehearse = dice.one_in(2) ? Rehearse::never : Rehearse::always;
        world.rehearse = true;
        world.begin();
        RandomGit git(dice, maker, world.source);
        for (int round = 0; round < 4; ++round) {
            for (int i = dice.between(1, 6); i > 0; --i) git.commit();
            if (!dice.one_in(3)) world.converge();
            if (dice.one_in(2) && world.plane.registry().by_name("srv-a") != nullptr)
                world.edit_live("srv-a", maker.patch_by_hand());
            const auto before = world.source.files;
            for (int i = dice.between(1, 4); i > 0; --i) git.commit();
            const auto after = world.source.files;
            Edits edits;
            for (const auto& [path, text] : before) edits[path] = std::nullopt;
            for (const auto& [path, text] : after) edits[path] = text;
            world.source.files = before;
            if (dice.one_in(2)) world.look();
            const auto shown = world.preview_plan(edits);
            apply_edits(world.source, edits);
            const auto merged = world.plan();
            std::set<std::string> secret;
            note_secret(shown, secret);
            note_secret(merged, secret);
            ASSERT_EQ(digests(shown, secret), digests(merged, secret)) << "seed " << seed << ", round " << round;
            changes += static_cast<int>(digests(shown, secret).size());
        }
    }
    EXPECT_GT(changes, 100);
}

TEST(preview, no_secret_is_read_and_none_is_sent) {
    WorldOptions options;
    options.environment = {{"TOKEN", "hush-hush-hush"}};
    options.secrets = {"env:TOKEN"};
    PreviewWorld world(options);
    world.rehearse = true;
    world.begin();
    std::string sent;
    world.direct.gate = [&](const HttpRequest& request) { sent += request.body; };
    const std::string auth = "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: "
                             "\"Bearer ${env:TOKEN}\"\n";
    const auto plan = world.preview_plan(PreviewWorld::edit("github", auth));
    EXPECT_THAT(names_of(plan), ElementsAre("create github"));
    EXPECT_THAT(plan.changes[0].holds, IsEmpty()) << "an unread secret holds nothing here";
    EXPECT_THAT(plan.findings, IsEmpty());
    EXPECT_THAT(sent, HasSubstr("kedge-unresolved"));
    EXPECT_EQ(sent.find("hush"), std::string::npos);
    world.source.set("github.yaml", World::remote("github", auth));
    world.converge();
    EXPECT_NE(sent.find("hush"), std::string::npos) << "the unit itself sends it";
    EXPECT_THAT(world.preview_plan({}).changes, IsEmpty()) << "an unknown fingerprint is never a change";
    const auto other =
        world.preview_plan({{"jira.yaml", World::remote("jira", "auth_data:\n  type: header\n"
                                                                "  auth_level: global\n  headers:\n"
                                                                "    Authorization: \"${env:HOME}\"\n")}});
    EXPECT_TRUE(has_errors(other.findings)) << "what the unit may not name, a pull request may not name";
}

TEST(preview, asks_the_control_plane_to_check_only_where_that_is_trusted) {
    PreviewWorld world;
    world.preview(PreviewWorld::edit("github"));
    EXPECT_EQ(world.plane.audit().counters().dry_runs, 0U);
    world.rehearse = true;
    world.begin();
    const auto trusted = world.preview(PreviewWorld::edit("github"));
    EXPECT_TRUE(trusted.units.at(0).rehearsed);
    EXPECT_EQ(world.plane.audit().counters().dry_runs, 1U);
    world.forks = {"*"};
    auto fork = pull_request(9, "head2");
    fork.head_repository = "eve/tools";
    EXPECT_FALSE(world.ask(fork).units.at(0).rehearsed);
    EXPECT_EQ(world.plane.audit().counters().dry_runs, 1U) << "a fork is no branch of the repository";
    EXPECT_EQ(world.writes(), 0U);
}

TEST(preview, of_many_manifests_reads_those_that_the_pull_request_moves) {
    PreviewWorld world;
    for (int i = 0; i < 300; ++i) world.add("server-" + std::to_string(i));
    world.look();
    Edits edits;
    for (int i = 0; i < 10; ++i)
        edits["server-" + std::to_string(i) + ".yaml"] =
            World::remote("server-" + std::to_string(i)) + "tags: {team: new}\n";
    world.preview(edits);
    EXPECT_EQ(world.blobs_read, 10U) << "the rest is what the unit has read";
    world.preview(edits);
    EXPECT_EQ(world.blobs_read, 10U) << "it is kept for the next preview";
    EXPECT_EQ(world.previewer->kept(), 1U);
    run_to_end(world.loop, world.previewer->rest());
    EXPECT_EQ(world.previewer->kept(), 1U);
    world.clock.advance(Milliseconds(11 * 60000));
    run_to_end(world.loop, world.previewer->rest());
    EXPECT_EQ(world.previewer->kept(), 0U) << "and let go of once nobody wants it";
    EXPECT_EQ(world.merging.rests, 1);
}

TEST(preview, names_what_only_stands_in_another_file) {
    PreviewWorld world;
    world.add("github");
    world.add("jira");
    world.converge();
    Edits edits;
    edits["github.yaml"] = std::nullopt;
    edits["teams/github.yaml"] = World::remote("github");
    const auto preview = world.preview(edits);
    EXPECT_THAT(preview.units.at(0).plan->changes, IsEmpty());
    EXPECT_THAT(preview.units.at(0).moved_files, ElementsAre("github.yaml -> teams/github.yaml"));
    edits["teams/github.yaml"] = World::remote("github") + "tags: {team: new}\n";
    EXPECT_THAT(world.preview(edits).units.at(0).moved_files, IsEmpty()) << "what is changed as well is a change";
}

TEST(preview, of_what_does_not_merge_names_the_paths_and_plans_nothing) {
    PreviewWorld world;
    world.merging.conflicts = {"mcp/github.yaml"};
    const auto preview = world.preview(PreviewWorld::edit("github"));
    EXPECT_EQ(preview.tree, "");
    EXPECT_THAT(preview.conflicts, ElementsAre("mcp/github.yaml"));
    EXPECT_THAT(preview.units, IsEmpty());
    EXPECT_EQ(preview.problem, "");
}

TEST(preview, of_another_branch_or_repository_concerns_no_unit) {
    PreviewWorld world;
    auto pull = pull_request(1, "head");
    pull.base_branch = "release";
    EXPECT_THAT(world.ask(pull).units, IsEmpty());
    EXPECT_EQ(world.merging.merges, 0);
    auto question = question_of(pull_request(1, "head"), "https://git.example.com/acme/other.git");
    EXPECT_THAT(run_to_end(world.loop, world.previewer->preview(question)).units, IsEmpty());
    EXPECT_THAT(world.previewer->units_of({"git@git.example.com:acme/tools.git"}), ElementsAre("tools"));
}

TEST(preview, a_fork_is_refused_unless_it_is_named) {
    PreviewWorld world;
    auto pull = pull_request(1, "head");
    pull.head_repository = "eve/tools";
    const auto refused = world.ask(pull);
    EXPECT_EQ(refused.problem,
              "it comes from the fork \"eve/tools\", and forks are not previewed unless the settings name them");
    EXPECT_FALSE(refused.passes);
    EXPECT_EQ(world.merging.merges, 0) << "nothing of it was fetched";
    world.forks = {"eve/*"};
    EXPECT_EQ(world.ask(pull).problem, "");
    pull.head_repository.clear();
    EXPECT_EQ(world.ask(pull).problem, "the repository of its head is gone");
    auto question = question_of(pull_request(1, "head"), url);
    question.head_ref = "refs/heads/main";
    EXPECT_EQ(run_to_end(world.loop, world.previewer->preview(question)).problem,
              "its head is no ref of a pull request");
}

TEST(preview, a_control_plane_that_is_away_passes_by_itself_and_is_not_asked_over_and_over) {
    PreviewWorld world;
    world.add("github");
    int asked = 0;
    world.direct.tamper = [&](const HttpRequest&, HttpOutcome& outcome) {
        ++asked;
        outcome.response.status = 503;
        outcome.response.body.clear();
    };
    const auto away = world.preview(PreviewWorld::edit("jira"));
    ASSERT_EQ(away.units.size(), 1U);
    EXPECT_FALSE(away.units[0].plan);
    EXPECT_TRUE(away.units[0].passes) << away.units[0].problem;
    EXPECT_FALSE(away.passes) << "the preview itself is none the worse for it";
    const auto before = asked;
    EXPECT_EQ(world.preview(PreviewWorld::edit("jira")).units[0].problem, away.units[0].problem);
    EXPECT_EQ(asked, before);
    world.direct.tamper = nullptr;
    world.clock.advance(Milliseconds(31000));
    EXPECT_TRUE(world.preview(PreviewWorld::edit("jira")).units[0].plan);
}

TEST(preview, a_repository_that_cannot_be_fetched_says_so) {
    PreviewWorld world;
    world.merging.before_merge = [] { throw Failure(NextAction::retry, "source tools: fetch: away"); };
    const auto preview = world.preview(PreviewWorld::edit("jira"));
    EXPECT_EQ(preview.problem, "source tools: fetch: away");
    EXPECT_TRUE(preview.passes);
}

TEST(preview, those_who_come_together_are_served_one_after_another) {
    PreviewWorld world;
    std::vector<Preview> previews;
    for (int i = 1; i <= 5; ++i) {
        const auto head = "crowd" + std::to_string(i);
        world.merging.heads[head]["tools"] = PreviewWorld::edit("server-" + std::to_string(i));
        boost::asio::co_spawn(world.loop, world.previewer->preview(question_of(pull_request(i, head), url)),
                              [&](const std::exception_ptr& error, Preview preview) {
                                  if (error) std::rethrow_exception(error);
                                  previews.push_back(std::move(preview));
                              });
    }
    world.loop.restart();
    world.loop.run();
    ASSERT_EQ(previews.size(), 5U);
    for (const auto& preview : previews)
        EXPECT_THAT(names_of(*preview.units.at(0).plan),
                    ElementsAre("create server-" + std::to_string(preview.pull.number)));
    EXPECT_EQ(world.plane.audit().counters().writes, 0U);
}
