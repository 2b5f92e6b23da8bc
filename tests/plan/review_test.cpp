// What waits because nobody saw it in a pull request.
#include "plan/review.h"

#include "world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// What a pull request showed of this change.
ReviewedChange shown(const Change& change, const std::string& pull = "acme/tools#12") {
    ReviewedChange seen;
    seen.name = change.name;
    seen.change = change.digest;
    seen.desired = change.desired;
    seen.live = change.live;
    seen.pull = pull;
    seen.head = "0123456789abcdef0123456789abcdef01234567";
    return seen;
}

// An update that git brings, in a unit that wants it previewed.
World edited() {
    World w;
    w.is_ours(remote("a"));
    w.edit_git(remote("a", {{"description", "new"}}));
    w.require_preview = RequirePreview::digest;
    return w;
}

std::string text_of(World& w) {
    const auto plan = w.plan().plan;
    EXPECT_EQ(plan.changes.size(), 1U);
    if (plan.changes.size() != 1) return "";
    EXPECT_THAT(reasons(plan.changes[0]), ElementsAre(HoldReason::review));
    return plan.changes[0].holds.empty() ? "" : plan.changes[0].holds[0].text;
}

bool runs(World& w) {
    const auto plan = w.plan().plan;
    return plan.changes.size() == 1 && plan.changes[0].runs();
}

} // namespace

TEST(review, is_not_asked_for_where_the_unit_does_not_say_so) {
    auto w = edited();
    w.require_preview = RequirePreview::none;
    EXPECT_TRUE(runs(w));
}

TEST(review, holds_what_was_never_previewed_and_shows_the_release) {
    auto w = edited();
    EXPECT_EQ(text_of(w), "it was not previewed in any pull request that is merged by now");
    const auto change = w.plan().plan.changes[0];
    EXPECT_THAT(change.holds[0].way_out, HasSubstr("add to .kedge/releases: - {digest: \"" + change.digest.hex()));
    w.release(change);
    EXPECT_TRUE(runs(w));
}

TEST(review, lets_run_what_was_previewed_whatever_else_was) {
    auto w = edited();
    const auto change = w.plan().plan.changes[0];
    w.reviewed = {shown(change)};
    EXPECT_TRUE(runs(w));
    auto other = shown(change, "acme/tools#13");
    other.change = sha256("another");
    w.reviewed = {other, shown(change)};
    EXPECT_TRUE(runs(w)) << "two pull requests were merged: each shows its own";
}

TEST(review, says_whether_git_the_control_plane_or_settings_moved_since) {
    auto w = edited();
    const auto change = w.plan().plan.changes[0];
    const std::string begin = "it is not what was previewed in acme/tools#12 (commit 0123456789ab): ";
    auto seen = shown(change);
    seen.change = sha256("another");
    w.reviewed = {seen};
    EXPECT_EQ(text_of(w), begin + "settings have moved since (another action, or another target)");
    seen.desired = sha256("an older text");
    w.reviewed = {seen};
    EXPECT_EQ(text_of(w), begin + "git has moved since");
    seen.live = sha256("an older state");
    w.reviewed = {seen};
    EXPECT_EQ(text_of(w), begin + "git and the control plane have moved since");
    seen.desired = change.desired;
    w.reviewed = {seen};
    EXPECT_EQ(text_of(w), begin + "the control plane has moved since");
}

TEST(review, by_approval_wants_the_previewed_commit_approved) {
    auto w = edited();
    w.require_preview = RequirePreview::approved;
    EXPECT_THAT(text_of(w), HasSubstr("so nobody can have approved it"));
    auto seen = shown(w.plan().plan.changes[0]);
    w.reviewed = {seen};
    EXPECT_EQ(text_of(w), "it was previewed in acme/tools#12 (commit 0123456789ab), but nobody other than the author "
                          "approved that commit before it was merged");
    auto approved = seen;
    approved.approved = true;
    w.reviewed = {seen, approved};
    EXPECT_TRUE(runs(w));
}

TEST(review, is_of_what_git_brings) {
    World created;
    created.in_git(remote("a"));
    created.require_preview = RequirePreview::digest;
    EXPECT_THAT(text_of(created), HasSubstr("was not previewed"));
    World removed;
    removed.is_ours(remote("a"));
    removed.is_ours(remote("b"));
    removed.remove_from_git("a");
    removed.require_preview = RequirePreview::digest;
    EXPECT_THAT(text_of(removed), HasSubstr("was not previewed"));
    auto both = edited();
    both.edit_live(remote("a", {{"description", "by hand"}}));
    EXPECT_THAT(text_of(both), HasSubstr("was not previewed"));
}

TEST(review, is_not_of_a_heal_nor_of_a_new_secret) {
    World healed;
    healed.is_ours(remote("a"));
    healed.edit_live(remote("a", {{"description", "by hand"}}));
    healed.require_preview = RequirePreview::approved;
    EXPECT_TRUE(runs(healed)) << "drift follows `drift`";
    World gone;
    gone.is_ours(remote("a"));
    gone.is_ours(remote("b"));
    gone.gone_live("a");
    gone.require_preview = RequirePreview::digest;
    EXPECT_TRUE(runs(gone)) << "deleted by hand, made again";
    Change rotated;
    rotated.action = Action::rotate;
    rotated.cause.kind = CauseKind::git_moved;
    EXPECT_FALSE(wants_review(rotated));
    Change upgraded;
    upgraded.action = Action::update;
    upgraded.cause.kind = CauseKind::kedge_changed;
    EXPECT_FALSE(wants_review(upgraded)) << "that has a hold of its own";
}

TEST(review, of_a_held_change_no_limit_counts) {
    World w;
    for (int i = 0; i < 12; ++i) w.is_ours(remote("a" + std::to_string(i)));
    for (int i = 0; i < 12; ++i) w.edit_git(remote("a" + std::to_string(i), {{"description", "new"}}));
    w.require_preview = RequirePreview::digest;
    const auto planned = w.plan();
    const auto plan = settle(planned.plan, {}, planned.links, {}, planned.groups);
    EXPECT_THAT(plan.groups, IsEmpty());
    EXPECT_EQ(count_held(plan), 12);
}
