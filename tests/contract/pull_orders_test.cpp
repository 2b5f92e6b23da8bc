// Commands in comments of pull requests: who may give them, what for, and what they come to.
#include "tests/contract/pull_service_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// A pull request that moves the URL of a registration whose live neighbour of that name is not ours: held, `foreign`.
struct OrderWorld : ServiceWorld {
    OrderWorld() {
        at(90 * second, [this] {
            sandbox_add("jira");
            open(12, "head1", {{"jira.yaml", World::remote("jira") + "tags: {team: ours}\n"}});
            hint(12);
        });
    }
    void sandbox_add(const std::string& name) {
        const Json manifest{{"type", "mcp-server/remote"},          {"name", name},
                            {"description", "made in the console"}, {"url", "https://" + name + ".example.com/mcp"},
                            {"transport", "streamable-http"},       {"collaborators", Json::array()}};
        const auto person = sandbox::person_of(sandbox::Role::admin, plane.tenant());
        plane.refresh(plane.registry().add(plane.new_server(manifest, person)));
    }
    std::string release(const std::string& digest) { return "kedge release " + digest + " because it is agreed"; }
};

} // namespace

TEST(pull_orders, a_release_by_somebody_who_may_write_counts_once_it_is_merged) {
    OrderWorld world;
    std::string digest;
    world.at(2 * minute, [&] {
        digest = world.digest_of(12);
        ASSERT_EQ(digest.size(), 64U);
        world.comment(12, "ann", "Fine with me.\n\n" + world.release(digest.substr(0, 12)));
    });
    world.at(3 * minute, [&] {
        EXPECT_THAT(world.forge->last_answer(12), HasSubstr("Released"));
        EXPECT_EQ(world.team("jira"), "none") << "not before the merge";
        world.merge(12);
        world.hint(12);
    });
    world.pass(6 * minute);
    EXPECT_EQ(world.team("jira"), "ours");
    bool told = false;
    for (const auto& event : world.events())
        told = told || event.find("ann in acme/tools#12 at head1") != std::string::npos;
    EXPECT_TRUE(told);
}

TEST(pull_orders, a_release_is_for_what_was_shown_and_not_for_what_is_pushed_afterwards) {
    OrderWorld world;
    world.at(2 * minute, [&] { world.comment(12, "ann", world.release(world.digest_of(12))); });
    world.at(3 * minute, [&] {
        world.push(12, "head2", {{"jira.yaml", World::remote("jira") + "tags: {team: other}\n"}});
        world.hint(12);
    });
    world.at(4 * minute, [&] {
        world.merge(12);
        world.hint(12);
    });
    world.pass(7 * minute);
    EXPECT_EQ(world.team("jira"), "none");
}

TEST(pull_orders, after_the_merge_a_release_is_for_what_the_units_hold_now) {
    OrderWorld world;
    world.at(2 * minute, [&] {
        world.merge(12);
        world.hint(12);
    });
    world.at(4 * minute, [&] {
        const auto report = world.board->report("tools");
        const auto* change = find_change(report->plan, "jira");
        ASSERT_TRUE(change != nullptr && change->held());
        world.comment(12, "bob", world.release(change->digest.hex()));
        world.comment(12, "ann", world.release(change->digest.hex()));
    });
    world.pass(7 * minute);
    EXPECT_EQ(world.team("jira"), "ours");
    EXPECT_EQ(world.forge->comments.at(12).size(), 5U) << "ours, two that asked, two answers";
}

TEST(pull_orders, a_release_on_a_merged_pull_request_is_for_what_that_one_brought) {
    OrderWorld world;
    world.sandbox_add("slack");
    world.at(100 * second, [&] {
        world.open(13, "other", world.edit("github", "two"));
        world.hint(13);
    });
    world.at(2 * minute, [&] {
        world.merge(13);
        world.hint(13);
        // Pushed past every pull request by the one who will ask for its release where they are not the author.
        apply_edits(world.source("tools"), {{"slack.yaml", World::remote("slack") + "tags: {team: theirs}\n"}});
    });
    world.at(4 * minute, [&] {
        const auto report = world.board->report("tools");
        const auto* change = find_change(report->plan, "slack");
        ASSERT_TRUE(change != nullptr && change->held());
        world.comment(13, "ann", world.release(change->digest.hex()));
    });
    world.pass(6 * minute);
    EXPECT_THAT(world.forge->last_answer(13), HasSubstr("that this pull request brought"));
    EXPECT_EQ(world.team("slack"), "none");
}

TEST(pull_orders, a_release_of_a_pull_request_that_is_closed_is_given_to_nobody) {
    OrderWorld world;
    world.at(2 * minute, [&] { world.comment(12, "ann", world.release(world.digest_of(12))); });
    world.at(3 * minute, [&] {
        world.forge->pulls.at(12).state = PullState::closed;
        world.hint(12);
        apply_edits(world.source("tools"), {{"jira.yaml", World::remote("jira") + "tags: {team: ours}\n"}});
    });
    world.pass(6 * minute);
    EXPECT_EQ(world.team("jira"), "none");
    EXPECT_THAT(world.kept().releases, IsEmpty());
}

TEST(pull_orders, the_author_and_those_who_may_only_read_release_nothing) {
    OrderWorld world;
    world.at(2 * minute, [&] { world.comment(12, "bob", world.release(world.digest_of(12))); });
    world.at(130 * second, [&] {
        EXPECT_THAT(world.forge->last_answer(12), HasSubstr("the author of a pull request"));
        world.comment(12, "eve", world.release(world.digest_of(12)));
    });
    world.pass(140 * second);
    EXPECT_THAT(world.forge->last_answer(12), HasSubstr("only people who may write"));
    EXPECT_THAT(world.kept().releases, IsEmpty());
}

TEST(pull_orders, what_a_webhook_says_of_a_comment_is_not_believed) {
    OrderWorld world;
    world.at(2 * minute, [&] {
        const auto text = world.release(world.digest_of(12));
        const auto told = digest_of(read_comment_commands(text));
        world.hint(12, world.forge->say(12, "eve", text), told);
        world.hint(12, "999", told); // nobody wrote it
        // Somebody else has edited it since.
        world.hint(12, world.forge->say(12, "ann", text), digest_of(read_comment_commands("kedge plan")));
    });
    world.pass(140 * second);
    EXPECT_THAT(world.kept().releases, IsEmpty());
}

TEST(pull_orders, a_digest_that_is_not_held_is_answered_in_words) {
    OrderWorld world;
    world.at(2 * minute, [&] { world.comment(12, "ann", world.release("0123456789ab")); });
    world.pass(140 * second);
    EXPECT_THAT(world.forge->last_answer(12), HasSubstr("nothing that is held in the preview of `head1`"));
    EXPECT_THAT(world.kept().releases, IsEmpty());
}

TEST(pull_orders, a_unit_that_takes_releases_from_git_only_says_so) {
    OrderWorld world;
    world.settings("tools").sign_out.who = SignOut::git;
    world.at(2 * minute, [&] { world.comment(12, "ann", world.release(world.digest_of(12))); });
    world.pass(140 * second);
    EXPECT_THAT(world.forge->last_answer(12), HasSubstr("takes releases from git only"));
}

TEST(pull_orders, kedge_plan_plans_again_and_our_own_comment_is_no_command) {
    OrderWorld world;
    int before = 0;
    world.at(2 * minute, [&] {
        before = world.merging.merges;
        world.comment(12, "ann", "kedge plan");
    });
    world.pass(150 * second);
    EXPECT_EQ(world.merging.merges, before + 1);
    EXPECT_EQ(world.forge->comments.at(12).size(), 2U) << "ours, and the one that asked";
}

namespace {

int answers_in(const ServiceWorld& world, int number, const std::string& words) {
    int count = 0;
    for (const auto& comment : world.forge->comments.at(number))
        count += comment.author == "kedge-bot" && comment.body.find(words) != std::string::npos ? 1 : 0;
    return count;
}

} // namespace

TEST(pull_orders, what_was_said_while_kedge_was_away_is_done_once) {
    OrderWorld world;
    std::string digest;
    world.at(2 * minute, [&] { digest = world.digest_of(12); });
    world.pass(3 * minute);
    world.forge->say(12, "ann", world.release(digest), world.clock.now());
    world.forge->say(12, "eve", world.release(digest), world.clock.now());
    world.pass(2 * minute);
    EXPECT_EQ(answers_in(world, 12, "Released"), 1);
    EXPECT_EQ(answers_in(world, 12, "only people who may write"), 1);
    world.pass(12 * minute);
    EXPECT_EQ(answers_in(world, 12, "Released"), 1) << "neither another start nor another poll does it again";
    EXPECT_EQ(answers_in(world, 12, "only people who may write"), 1);
    world.merge(12);
    world.pass(6 * minute);
    EXPECT_EQ(world.team("jira"), "ours");
}

TEST(pull_orders, what_no_webhook_told_of_counts_only_as_it_was_written_and_after_the_first_preview) {
    OrderWorld world;
    std::string digest;
    world.at(2 * minute, [&] { digest = world.digest_of(12); });
    world.pass(3 * minute);
    world.forge->say(12, "ann", world.release(digest), world.clock.now() - 3600);
    world.forge->say(12, "ann", world.release(digest), world.clock.now());
    world.forge->comments.at(12).back().edited = true;
    world.forge->say(12, "kedge-app", world.release(digest), world.clock.now());
    world.forge->comments.at(12).back().by_program = true;
    world.pass(6 * minute);
    EXPECT_EQ(answers_in(world, 12, "eleased"), 0);
    EXPECT_THAT(world.kept().releases, IsEmpty());
}

TEST(pull_orders, a_comment_that_a_webhook_told_of_and_the_poll_finds_is_obeyed_once) {
    OrderWorld world;
    world.at(2 * minute, [&] {
        const auto text = world.release(world.digest_of(12));
        const auto id = world.forge->say(12, "ann", text, world.clock.now());
        for (int i = 0; i < 2; ++i) world.hint(12, id, digest_of(read_comment_commands(text)));
    });
    world.pass(12 * minute);
    EXPECT_EQ(answers_in(world, 12, "Released"), 1);
}

TEST(pull_orders, an_answer_that_did_not_get_through_is_said_later_and_the_work_is_not_done_twice) {
    OrderWorld world;
    world.at(2 * minute, [&] { world.comment(12, "ann", world.release(world.digest_of(12))); });
    // Of the questions that follow, the answer alone is lost.
    world.forge->lose_answers = 1;
    world.pass(12 * minute);
    EXPECT_EQ(answers_in(world, 12, "Released"), 1);
    EXPECT_EQ(world.forge->lose_answers, 0);
}

TEST(pull_orders, where_more_comments_stand_than_are_read_it_is_said_once) {
    OrderWorld world;
    world.forge->cut = true;
    world.at(2 * minute, [&] {
        for (const char* id : {"9001", "9002"}) world.hint(12, id, digest_of(read_comment_commands("kedge plan")));
    });
    world.pass(12 * minute);
    EXPECT_EQ(answers_in(world, 12, "it does not see commands any more"), 1);
}
