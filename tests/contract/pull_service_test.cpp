// Pull requests from the webhook to the comment, through the merge to what became of it: the whole daemon in virtual
// time, with a forge and repositories in memory.
#include "tests/contract/pull_service_world.h"

#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace {

Task<void> ask_now(ServiceWorld& world, std::string& told, Milliseconds& waited) {
    const auto begun = world.clock.monotonic();
    try {
        std::string repository = "acme/tools";
        co_await world.service->preview_now(std::move(repository), 12);
    } catch (const Failure& failure) {
        told = failure.what();
    }
    waited = world.clock.monotonic() - begun;
}

} // namespace

TEST(pull_service, a_webhook_becomes_one_comment_and_a_status_and_a_push_edits_that_comment) {
    ServiceWorld world;
    world.at(90 * second, [&] {
        world.open(12, "head1", world.edit("jira", "one"));
        EXPECT_TRUE(world.hint(12));
    });
    std::string first;
    world.at(92 * second, [&] {
        first = world.forge->comment_of(12);
        EXPECT_EQ(world.forge->statuses.at("head1").state, StatusState::success);
        EXPECT_EQ(world.forge->statuses.at("head1").name, "kedge");
        world.push(12, "head2", world.edit("slack", "two"));
        world.hint(12);
        world.hint(12);
    });
    world.pass(4 * minute);
    EXPECT_THAT(first, StartsWith("<!-- kedge"));
    EXPECT_THAT(first, HasSubstr("jira"));
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("slack"));
    EXPECT_THAT(world.forge->comment_of(12), Not(HasSubstr("jira")));
    EXPECT_EQ(world.forge->comments.at(12).size(), 1U);
    EXPECT_EQ(world.forge->comments_put, 2);
    EXPECT_TRUE(world.forge->statuses.contains("head2"));
    EXPECT_TRUE(world.live("jira").is_null()) << "it is only shown";
}

TEST(pull_service, nothing_to_do_is_a_status_alone_until_there_was_something) {
    ServiceWorld world;
    world.at(90 * second, [&] {
        world.open(12, "head1", {{"README.yaml", "# nothing\n"}});
        world.hint(12);
    });
    world.at(100 * second, [&] {
        EXPECT_THAT(world.forge->comments[12], IsEmpty());
        EXPECT_EQ(world.forge->statuses.at("head1").state, StatusState::success);
        world.push(12, "head2", world.edit("github", "one"));
        world.hint(12);
    });
    world.at(110 * second, [&] {
        EXPECT_THAT(world.forge->comment_of(12), HasSubstr("github"));
        world.push(12, "head1", {{"README.yaml", "# nothing\n"}});
        world.hint(12);
    });
    world.pass(3 * minute);
    EXPECT_EQ(world.forge->comments.at(12).size(), 1U);
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("Nothing to do"));
}

TEST(pull_service, after_the_merge_the_comment_and_the_commit_say_what_became_of_it) {
    ServiceWorld world(RequirePreview::digest);
    world.pass(2 * minute); // what is there already was never previewed
    world.settings("tools").require_preview = RequirePreview::digest;
    world.at(minute, [&] {
        world.open(12, "head1", world.edit("github", "new"));
        world.hint(12);
    });
    world.at(2 * minute, [&] {
        world.merge(12);
        world.hint(12);
    });
    world.pass(6 * minute);
    EXPECT_EQ(world.team("github"), "new");
    EXPECT_EQ(world.forge->comments.at(12).size(), 1U);
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("pplied"));
    const auto base = world.status("tools").revision.id;
    ASSERT_TRUE(world.forge->statuses.contains(base));
    EXPECT_EQ(world.forge->statuses.at(base).state, StatusState::success);
}

TEST(pull_service, what_drifts_between_review_and_merge_is_held_and_the_comment_says_so) {
    ServiceWorld world(RequirePreview::digest);
    world.pass(2 * minute);
    world.settings("tools").require_preview = RequirePreview::digest;
    world.at(minute, [&] {
        world.open(12, "head1", world.edit("github", "new"));
        world.hint(12);
    });
    world.at(2 * minute, [&] {
        world.edit_live("github", {{"description", "by hand"}});
        world.merge(12);
        world.hint(12);
    });
    world.pass(5 * minute);
    EXPECT_EQ(world.team("github"), "none");
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("held"));
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("the control plane has moved since"));
    EXPECT_THAT(world.forge->statuses.at(world.status("tools").revision.id).line, HasSubstr("1 held"));
}

TEST(pull_service, without_a_webhook_the_poll_finds_what_is_new_and_what_was_merged) {
    ServiceWorld world;
    world.at(minute, [&] { world.open(12, "head1", world.edit("github", "new")); });
    world.at(7 * minute, [&] {
        EXPECT_THAT(world.forge->comment_of(12), HasSubstr("github"));
        world.merge(12);
    });
    world.pass(16 * minute);
    EXPECT_EQ(world.team("github"), "new");
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("pplied"));
}

TEST(pull_service, a_control_plane_that_is_away_is_pending_and_asked_again_by_itself) {
    ServiceWorld world;
    bool away = false;
    world.direct.tamper = [&](const HttpRequest&, HttpOutcome& outcome) {
        if (!away) return;
        outcome.response.status = 503;
        outcome.response.body.clear();
    };
    world.at(90 * second, [&] {
        away = true;
        world.open(12, "head1", world.edit("github", "new"));
        world.hint(12);
    });
    world.at(10 * minute, [&] {
        EXPECT_EQ(world.forge->statuses.at("head1").state, StatusState::pending);
        away = false;
    });
    world.pass(40 * minute);
    EXPECT_EQ(world.forge->statuses.at("head1").state, StatusState::success);
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("github"));
    EXPECT_EQ(world.forge->comments.at(12).size(), 1U);
}

TEST(pull_service, a_forge_that_fails_is_asked_again_later_each_time_and_delays_no_pass) {
    ServiceWorld world;
    world.at(90 * second, [&] {
        world.open(12, "head1", world.edit("github", "new"));
        world.forge->failures = 5;
        world.hint(12);
    });
    world.pass(30 * minute);
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("github"));
    EXPECT_GE(world.passes["tools"], 29);
    EXPECT_LT(world.forge->asked.size(), 60U);
}

TEST(pull_service, whoever_asks_for_a_preview_is_told_after_a_minute_that_it_has_not_come) {
    ServiceWorld world;
    Waiters stalled;
    std::string told;
    Milliseconds waited{0};
    world.at(90 * second, [&] {
        world.open(12, "head1", world.edit("github", "new"));
        world.forge->stalled = &stalled; // it takes the question, and says nothing
        boost::asio::co_spawn(world.loop, ask_now(world, told, waited), boost::asio::detached);
    });
    world.at(4 * minute, [&] {
        EXPECT_THAT(told, HasSubstr("it has not come within a minute"));
        EXPECT_EQ(waited, minute);
        world.forge->stalled = nullptr;
        stalled.wake();
    });
    world.pass(5 * minute);
    EXPECT_EQ(world.service->previews().size(), 1U) << "what was asked for is planned all the same";
}

TEST(pull_service, a_repository_or_pull_request_that_nobody_knows_is_nothing) {
    ServiceWorld world;
    world.at(minute, [&] {
        PullHint other;
        other.urls = {"https://git.example.com/acme/other"};
        other.number = 1;
        EXPECT_FALSE(world.service->pull_moved(std::move(other)));
        EXPECT_TRUE(world.hint(99));
    });
    world.pass(20 * minute);
    int asked = 0;
    for (const auto& one : world.forge->asked) asked += one.find("99") != std::string::npos ? 1 : 0;
    EXPECT_EQ(asked, 1) << "what is not there is not asked for again and again";
    EXPECT_THAT(world.service->previews(), IsEmpty());
}

TEST(pull_service, a_base_that_moves_plans_open_pull_requests_anew_and_each_once) {
    ServiceWorld world;
    for (int i = 1; i <= 100; ++i) world.open(i, "head" + std::to_string(i), world.edit("n" + std::to_string(i), "x"));
    int before = 0;
    world.at(4 * minute, [&] {
        before = world.merging.merges;
        for (int i = 0; i < 3; ++i) apply_edits(world.source("tools"), world.edit("base" + std::to_string(i), "y"));
    });
    int after = 0;
    world.at(290 * second, [&] { after = world.merging.merges; });
    world.pass(298 * second);
    EXPECT_EQ(before, 100);
    EXPECT_EQ(after - before, 100);
    EXPECT_EQ(world.service->previews().size(), 100U);
}

TEST(pull_service, a_commit_of_a_merge_queue_gets_a_status_and_no_comment) {
    ServiceWorld world;
    world.at(90 * second, [&] {
        world.merging.heads["queue1"]["tools"] = world.edit("github", "queued");
        PullHint hint;
        hint.urls = {repository_url};
        hint.commit = "queue1";
        hint.base_branch = "main";
        EXPECT_TRUE(world.service->pull_moved(std::move(hint)));
    });
    world.pass(2 * minute);
    EXPECT_EQ(world.forge->statuses.at("queue1").state, StatusState::success);
    EXPECT_EQ(world.forge->comments_put, 0);
}

TEST(pull_service, a_new_process_edits_the_comment_that_the_one_before_wrote) {
    ServiceWorld world;
    world.at(90 * second, [&] {
        world.open(12, "head1", world.edit("github", "one"));
        world.hint(12);
    });
    world.pass(2 * minute);
    world.push(12, "head2", {{"README.yaml", "# nothing\n"}});
    world.pass(2 * minute);
    EXPECT_EQ(world.forge->comments.at(12).size(), 1U);
    EXPECT_THAT(world.forge->comment_of(12), HasSubstr("Nothing to do"));
}

TEST(pull_service, an_approval_counts_for_the_head_it_was_given_to_and_from_somebody_who_may_write) {
    ServiceWorld world(RequirePreview::approved);
    world.pass(2 * minute);
    world.settings("tools").require_preview = RequirePreview::approved;
    world.at(minute, [&] {
        world.open(12, "head1", world.edit("github", "one"));
        world.hint(12);
        world.forge->approvals[12] = {{"eve", "head1"}, {"ann", "head0"}, {"bob", "head1"}};
    });
    world.at(2 * minute, [&] {
        world.merge(12);
        world.hint(12);
    });
    world.at(5 * minute, [&] {
        EXPECT_EQ(world.team("github"), "none") << "a reader, another head, and the author";
        world.open(13, "head3", world.edit("github", "two"));
        world.forge->approvals[13] = {{"ann", "head3"}};
        world.hint(13);
    });
    world.at(6 * minute, [&] {
        world.merge(13);
        world.hint(13);
    });
    world.pass(9 * minute);
    EXPECT_EQ(world.team("github"), "two");
}
