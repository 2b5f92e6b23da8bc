// From the preview to what is carried out: a whole daemon whose units want every change of git previewed.
#include "reconcile/preview_book.h"
#include "store/memory_previews.h"
#include "tests/contract/daemon_world.h"
#include "tests/contract/pulls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string url = "https://git.example.com/acme/tools.git";

struct PullWorld : DaemonWorld {
    explicit PullWorld(const std::vector<std::string>& names = {"tools"}, RequirePreview rule = RequirePreview::digest)
        : DaemonWorld(names) {
        target_board = std::make_shared<TargetBoard>();
        for (const auto& name : names) {
            settings(name).source_url = url;
            settings(name).require_preview = RequirePreview::none; // until everything is set up
            wanted[name] = rule;
        }
        make_book();
        tune = [this](DaemonCalls& calls) {
            calls.reviewed = [this](const std::string& unit) { return book->reviewed(unit); };
            calls.passed = [this](const Unit& unit, const Report& report) { book->passed(unit, report); };
        };
    }
    // A new process.
    void make_book() {
        PreviewBook::Calls calls;
        calls.wake = [this](const std::string& unit) { woken.push_back(unit); };
        book = std::make_unique<PreviewBook>(store, clock, std::move(calls));
        finish(book->open());
    }
    // Applies what the sources hold, then wants reviews.
    void settle() {
        run(Milliseconds(61000));
        for (const auto& [name, rule] : wanted) settings(name).require_preview = rule;
    }
    void finish(Task<void> task) { clock.run(loop, std::move(task), Milliseconds(3600000)); }
    Task<void> show(PullRequest pull) {
        std::vector<PreviewSubject> subjects;
        for (const auto& [name, unit] : made) {
            subjects.push_back({unit.get(), merging, provider, target_board, "", [this, name = name] {
                                    return std::make_unique<MemoryMergedFolder>(source(name), merging, name, nullptr);
                                }});
        }
        Previewer previewer(std::move(subjects), PreviewGround{ledger, memo, clock, pool});
        auto question = question_of(pull, url);
        shown = co_await previewer.preview(std::move(question));
        auto preview = shown;
        std::string comment = "c" + std::to_string(pull.number);
        co_await book->shown(std::move(preview), std::move(comment));
    }
    PullRequest open(int number, const std::string& unit, const Edits& edits) {
        const auto head = "head-of-" + std::to_string(number);
        merging.heads[head][unit] = edits;
        auto pull = pull_request(number, head);
        if (made.empty()) restart();
        finish(show(pull));
        return pull;
    }
    void approve(const PullRequest& pull, const std::string& who) {
        PreviewKey key{pull.repository, pull.number, pull.head_commit};
        std::vector<std::string> approvers{who};
        finish(book->approved(std::move(key), std::move(approvers)));
    }
    // The commit, and the forge's word that it came by this pull request.
    void merge(PullRequest pull) {
        for (const auto& [unit, edits] : merging.heads[pull.head_commit]) apply_edits(source(unit), edits);
        pull.state = PullState::merged;
        finish(end(pull));
    }
    Task<void> end(PullRequest pull) { co_await book->ended(std::move(pull)); }
    std::vector<PreviewRecord> news() {
        std::vector<PreviewRecord> all;
        finish(take(all));
        return all;
    }
    Task<void> take(std::vector<PreviewRecord>& all) { all = co_await book->take_news(); }
    Edits edit(const std::string& name, const std::string& team) {
        return {{name + ".yaml", World::remote(name) + "tags: {team: " + team + "}\n"}};
    }
    std::string team(const std::string& name) { return live(name)["tags"].value("team", "none"); }
    Hold hold_of(const std::string& unit, const std::string& name) {
        const auto report = board->report(unit);
        const auto* change = report ? find_change(report->plan, name) : nullptr;
        return change == nullptr || change->holds.empty() ? Hold{} : change->holds.front();
    }

    MemoryPreviews store;
    MemoryMerging merging;
    SecretStore blind = SecretStore::blind();
    RestProvider provider{*dialect, client, blind, clock, {Secret("tfy_writer")}};
    std::unique_ptr<PreviewBook> book;
    Preview shown;
    std::map<std::string, RequirePreview> wanted;
    std::vector<std::string> woken;
};

std::vector<std::string> results(const PreviewRecord& record) {
    std::vector<std::string> all;
    for (const auto& unit : record.units) {
        for (const auto& change : unit.changes)
            all.push_back(unit.unit + " " + change.name + ": " + std::string(to_text(change.result)));
    }
    return all;
}

} // namespace

TEST(reviewed, what_was_previewed_and_merged_is_applied_and_its_outcome_is_told) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    const auto pull = world.open(12, "tools", world.edit("github", "new"));
    ASSERT_EQ(world.shown.units.at(0).plan->changes.size(), 1U);
    const auto writes = world.writes();
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.writes(), writes) << "it is only shown";
    world.merge(pull);
    EXPECT_THAT(world.woken, ElementsAre("tools"));
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "new");
    const auto news = world.news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_THAT(results(news[0]), ElementsAre("tools github: applied"));
    EXPECT_EQ(news[0].comment_id, "c12");
    EXPECT_TRUE(is_settled(news[0]));
    EXPECT_GT(news[0].units[0].changes[0].at, 0);
    EXPECT_THAT(world.news(), IsEmpty()) << "it is told once";
    EXPECT_THAT(*world.book->reviewed("tools"), IsEmpty()) << "a review is good for what it showed, once";
}

TEST(reviewed, what_nobody_previewed_is_held_until_a_release) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    apply_edits(world.source("tools"), world.edit("github", "unseen"));
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
    const auto hold = world.hold_of("tools", "github");
    EXPECT_EQ(hold.reason, HoldReason::review);
    EXPECT_EQ(hold.text, "it was not previewed in any pull request that is merged by now");
    const auto report = world.board->report("tools");
    const auto digest = find_change(report->plan, "github")->digest.hex();
    world.source("tools").set(".kedge/releases",
                              "- {digest: \"" + digest + "\", name: \"github\", because: \"agreed\"}\n");
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "unseen");
}

TEST(reviewed, a_plan_that_drifts_between_review_and_merge_is_held_and_says_what_moved) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    const auto pull = world.open(12, "tools", world.edit("github", "new"));
    world.edit_live("github", {{"description", "by hand"}});
    world.merge(pull);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
    const auto hold = world.hold_of("tools", "github");
    EXPECT_EQ(hold.reason, HoldReason::review);
    EXPECT_EQ(hold.text,
              "it is not what was previewed in acme/tools#12 (commit head-of-12): the control plane has moved "
              "since");
    const auto news = world.news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_THAT(results(news[0]), ElementsAre("tools github: held"));
    EXPECT_THAT(news[0].units[0].changes[0].text, HasSubstr("the control plane has moved since"));
    world.edit_live("github", {{"description", "Tools of github"}});
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "new") << "it is again what was reviewed";
    EXPECT_THAT(results(world.news().at(0)), ElementsAre("tools github: applied"));
}

TEST(reviewed, a_commit_after_the_review_is_held_and_says_that_git_moved) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    const auto pull = world.open(12, "tools", world.edit("github", "seen"));
    world.merge(pull);
    apply_edits(world.source("tools"), world.edit("github", "sneaked-in"));
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
    EXPECT_THAT(world.hold_of("tools", "github").text, HasSubstr("git has moved since"));
}

TEST(reviewed, two_pull_requests_merged_together_are_both_carried_out) {
    PullWorld world;
    for (const auto* name : {"github", "jira"})
        world.source("tools").set(std::string(name) + ".yaml", World::remote(name));
    world.settle();
    const auto first = world.open(12, "tools", world.edit("github", "one"));
    const auto second = world.open(13, "tools", world.edit("jira", "two"));
    world.merge(first);
    world.merge(second);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "one");
    EXPECT_EQ(world.team("jira"), "two");
    EXPECT_EQ(world.news().size(), 2U);
}

TEST(reviewed, creates_and_deletes_follow_the_same_rule) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.source("tools").set("jira.yaml", World::remote("jira"));
    world.settle();
    Edits edits{{"linear.yaml", World::remote("linear")}, {"jira.yaml", std::nullopt}};
    const auto pull = world.open(12, "tools", edits);
    world.merge(pull);
    world.source("tools").set("slack.yaml", World::remote("slack"));
    world.source("tools").remove("github.yaml");
    world.run(Milliseconds(61000));
    EXPECT_FALSE(world.live("linear").is_null());
    EXPECT_TRUE(world.live("jira").is_null());
    EXPECT_TRUE(world.live("slack").is_null());
    EXPECT_FALSE(world.live("github").is_null());
    EXPECT_THAT(results(world.news().at(0)),
                testing::UnorderedElementsAre("tools linear: applied", "tools jira: applied"));
}

TEST(reviewed, by_approval_counts_the_commit_that_was_previewed_and_not_its_author) {
    PullWorld world({"tools"}, RequirePreview::approved);
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    const auto alone = world.open(12, "tools", world.edit("github", "alone"));
    world.approve(alone, "BOB");
    world.merge(alone);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
    EXPECT_THAT(world.hold_of("tools", "github").text, HasSubstr("nobody other than the author approved"));
    world.approve(alone, "ann");
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none") << "an approval after the merge was no part of the review";
    const auto both = world.open(13, "tools", world.edit("github", "both"));
    world.approve(both, "ann");
    world.merge(both);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "both");
}

TEST(reviewed, an_approval_is_for_what_was_shown_when_it_was_given) {
    PullWorld world({"tools"}, RequirePreview::approved);
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    const auto pull = world.open(12, "tools", world.edit("github", "new"));
    world.approve(pull, "ann");
    world.edit_live("github", {{"description", "by hand"}});
    world.finish(world.show(pull)); // planned anew, after somebody moved what is live
    world.merge(pull);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
    EXPECT_THAT(world.hold_of("tools", "github").text, HasSubstr("nobody other than the author approved"));
}

TEST(reviewed, a_preview_while_the_control_plane_is_away_takes_nothing_back) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    const auto pull = world.open(12, "tools", world.edit("github", "new"));
    world.direct.tamper = [](const HttpRequest&, HttpOutcome& outcome) { outcome.response.status = 503; };
    world.finish(world.show(pull));
    EXPECT_FALSE(world.shown.units.at(0).plan);
    world.direct.tamper = nullptr;
    world.merge(pull);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "new");
}

TEST(reviewed, what_was_merged_into_another_branch_is_no_review_of_this_one) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    auto pull = world.open(12, "tools", world.edit("github", "new"));
    pull.base_branch = "scratch";
    world.merge(pull);
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
    EXPECT_EQ(world.hold_of("tools", "github").reason, HoldReason::review);
}

TEST(reviewed, heals_follow_the_switch_for_drift) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    world.edit_live("github", {{"description", "by hand"}});
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.live("github")["description"], "Tools of github");
}

TEST(reviewed, a_pull_request_that_is_only_closed_reviews_nothing) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    auto pull = world.open(12, "tools", world.edit("github", "new"));
    pull.state = PullState::closed;
    world.finish(world.end(pull));
    apply_edits(world.source("tools"), world.edit("github", "new"));
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "none");
}

TEST(reviewed, what_was_merged_while_kedge_was_down_is_known_to_the_next_process) {
    PullWorld world;
    world.source("tools").set("github.yaml", World::remote("github"));
    world.settle();
    world.merge(world.open(12, "tools", world.edit("github", "new")));
    world.make_book();
    world.run(Milliseconds(61000));
    EXPECT_EQ(world.team("github"), "new");
    EXPECT_EQ(world.news().size(), 1U);
    world.make_book();
    EXPECT_THAT(*world.book->reviewed("tools"), IsEmpty()) << "what became of it was kept";
}

TEST(reviewed, a_name_that_moves_to_another_unit_is_handed_over_and_not_deleted) {
    PullWorld world({"more", "tools"});
    world.source("tools").set("github.yaml", World::remote("github"));
    world.source("tools").set("jira.yaml", World::remote("jira"));
    world.source("more").set("linear.yaml", World::remote("linear"));
    world.settle();
    const auto head = std::string("head-of-12");
    world.merging.heads[head]["more"] = {{"github.yaml", World::remote("github")}};
    const auto pull = world.open(12, "tools", {{"github.yaml", std::nullopt}});
    ASSERT_EQ(world.shown.units.size(), 2U);
    for (const auto& unit : world.shown.units) {
        ASSERT_TRUE(unit.plan) << unit.problem;
        EXPECT_TRUE(unit.plan->prune) << unit.unit << ": " << unit.plan->prune_off;
        for (const auto& change : unit.plan->changes) EXPECT_NE(change.action, Action::remove) << unit.unit;
    }
    const auto none = world.open(13, "tools", {{"jira.yaml", std::nullopt}});
    const auto* tools = &world.shown.units.at(1);
    ASSERT_EQ(tools->unit, "tools");
    ASSERT_EQ(tools->plan->changes.size(), 1U) << "what nobody declares any more is deleted";
    EXPECT_EQ(tools->plan->changes[0].action, Action::remove);
}
