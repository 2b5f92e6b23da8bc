// Limits, lost registrations, newer rules, writes that come back: what is held together and released together.
#include "world.h"

#include "plan/groups.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

std::string nth(int i) {
    return "server-" + std::to_string(100 + i);
}

World world_of(int count) {
    World w;
    for (int i = 0; i < count; ++i) w.is_ours(remote(nth(i)));
    return w;
}

void edit(World& w, int count) {
    for (int i = 0; i < count; ++i) w.edit_git(remote(nth(i), {{"description", "Edited"}}));
}

Plan settled(World& w) {
    auto planned = w.plan();
    return settle(std::move(planned.plan), {}, planned.links, {}, planned.groups);
}

void written(World& w, Action action, int times, UnixSeconds ago, const Digest& change = sha256("some change")) {
    for (int i = 0; i < times; ++i) w.ledger.recent.push_back({w.now - ago, action, false, change});
}

int held(const Plan& plan, HoldReason reason) {
    int count = 0;
    for (const auto& change : plan.changes) {
        for (const auto& hold : change.holds) count += hold.reason == reason ? 1 : 0;
    }
    return count;
}

Release release_of(const ChangeGroup& group) {
    Release release;
    release.digest = group.digest;
    release.name = group.name;
    release.because = "agreed";
    return release;
}

} // namespace

TEST(limits, as_many_updates_as_allowed_run_and_the_budget_is_shown) {
    auto w = world_of(20);
    edit(w, 6);
    const auto plan = settled(w);
    EXPECT_EQ(count_running(plan), 6);
    ASSERT_EQ(plan.budget.size(), 1U);
    EXPECT_EQ(plan.budget[0], (BudgetLine{LimitKind::updates, 6, 0, 6, 12}));
    EXPECT_THAT(plan.groups, IsEmpty());
}

TEST(limits, one_more_holds_all_of_them_as_one_group) {
    auto w = world_of(20);
    edit(w, 7);
    const auto plan = settled(w);
    EXPECT_EQ(count_running(plan), 0);
    EXPECT_EQ(held(plan, HoldReason::limit), 7);
    ASSERT_EQ(plan.groups.size(), 1U);
    EXPECT_EQ(plan.groups[0].size, 7);
    EXPECT_EQ(plan.groups[0].digest, plan.digest) << "they are the whole plan";
    EXPECT_THAT(plan.changes[0].holds[0].text,
                AllOf(HasSubstr("7 updates are planned"), HasSubstr("6 in one pass (30 % of 20 owned)")));
    EXPECT_THAT(plan.changes[0].holds[0].way_out, HasSubstr(release_line(plan.groups[0])));
}

TEST(limits, one_is_one) {
    auto w = world_of(20);
    w.limits.updates = {{}, 0};
    edit(w, 1);
    EXPECT_THAT(settled(w).changes[0].holds[0].text, HasSubstr("1 update is planned; the limit is 0"));
}

TEST(limits, a_release_of_the_group_frees_exactly_that_set) {
    auto w = world_of(20);
    edit(w, 7);
    w.releases = {release_of(settled(w).groups[0])};
    const auto plan = settled(w);
    EXPECT_EQ(count_running(plan), 7);
    EXPECT_TRUE(plan.groups[0].released);
    for (const auto& change : plan.changes) {
        EXPECT_EQ(change.release_entry, w.releases[0].entry().hex()) << "spent with the write";
        EXPECT_FALSE(change.released) << "a yes to the number is no yes to signing people out";
    }
    edit(w, 8);
    EXPECT_EQ(held(settled(w), HoldReason::limit), 8) << "another set needs another yes";
}

TEST(limits, a_spent_release_and_one_of_another_name_free_nothing) {
    auto w = world_of(20);
    edit(w, 7);
    const auto group = settled(w).groups[0];
    w.releases = {release_of(group)};
    w.ledger.spent = {w.releases[0].entry().hex()};
    EXPECT_EQ(held(settled(w), HoldReason::limit), 7);
    w.ledger.spent.clear();
    w.releases[0].name = "deletes";
    EXPECT_EQ(held(settled(w), HoldReason::limit), 7);
}

TEST(limits, the_rolling_hour_counts_what_was_written_and_what_may_have_been) {
    auto w = world_of(20);
    edit(w, 6);
    written(w, Action::update, 4, 600);
    written(w, Action::update, 50, 3700);
    EXPECT_EQ(count_running(settled(w)), 6);
    Intent open;
    open.action = Action::rotate;
    open.at = w.now - 60;
    w.ledger.open = {open, open, open};
    const auto plan = settled(w);
    EXPECT_EQ(held(plan, HoldReason::limit), 6);
    EXPECT_THAT(plan.changes[0].holds[0].text,
                AllOf(HasSubstr("7 were made in the last hour"), HasSubstr("12 in an hour")));
}

TEST(limits, few_registrations_are_not_limited_and_creates_never_are_by_default) {
    auto few = world_of(9);
    edit(few, 9);
    EXPECT_EQ(count_running(settled(few)), 9);
    auto w = world_of(20);
    for (int i = 0; i < 50; ++i) w.in_git(remote("new-" + std::to_string(i)));
    EXPECT_EQ(count_running(settled(w)), 50);
}

TEST(limits, deletes_are_counted_with_their_own_share) {
    auto w = world_of(20);
    for (int i = 0; i < 3; ++i) w.remove_from_git(nth(i));
    const auto plan = settled(w);
    EXPECT_EQ(held(plan, HoldReason::limit), 3);
    w.limits.deletes = {{}, 3};
    EXPECT_EQ(count_running(settled(w)), 3);
    w.limits.deletes = {{}, 0};
    EXPECT_EQ(held(settled(w), HoldReason::limit), 3);
}

TEST(limits, what_a_lost_ledger_does_not_know_of_the_hour_counts_as_used) {
    auto w = world_of(20);
    edit(w, 2);
    w.ledger = {};
    w.ledger.is_new = w.ledger.kept = true; // that they are ours is said by their markers alone
    const auto plan = settled(w);
    EXPECT_EQ(held(plan, HoldReason::limit), 2);
    ASSERT_EQ(plan.groups.size(), 1U);
    EXPECT_EQ(plan.changes[0].holds[0].text,
              "2 updates are planned and this ledger does not know what was written in the last hour, which counts as "
              "used up; the limit is 12 in an hour (twice 30 % of 20 owned)");
    w.releases = {release_of(plan.groups[0])};
    w.releases[0].from_git = false;
    EXPECT_EQ(count_running(settled(w)), 2) << "somebody says yes to it";
    w.releases.clear();
    w.ledger.kept = false;
    EXPECT_EQ(count_running(settled(w)), 2) << "what keeps nothing has no hour to count";
}

TEST(limits, an_hour_that_is_not_known_is_over_after_an_hour) {
    auto w = world_of(20);
    edit(w, 2);
    written(w, Action::keep, 1, 3599, {});
    auto planned = w.plan();
    EXPECT_TRUE(planned.groups.hour_unknown);
    EXPECT_EQ(held(settled(w), HoldReason::limit), 2);
    w.ledger.recent[0].at = w.now - 3600;
    EXPECT_EQ(count_running(settled(w)), 2);
}

TEST(limits, of_a_ledger_that_never_owned_anything_nothing_is_used) {
    World w;
    for (int i = 0; i < 20; ++i) w.in_git(remote(nth(i)));
    w.ledger = {};
    w.ledger.is_new = w.ledger.kept = true;
    w.limits.creates.count = 20;
    w.limits.population = 0;
    const auto plan = settled(w);
    EXPECT_FALSE(w.plan().groups.hour_unknown);
    EXPECT_EQ(count_running(plan), 20);
}

TEST(limits, what_is_held_for_another_reason_uses_no_budget) {
    auto w = world_of(20);
    edit(w, 7);
    w.live[0].paused = true;
    const auto plan = settled(w);
    EXPECT_EQ(count_running(plan), 6);
}

TEST(limits, settling_twice_changes_nothing) {
    auto w = world_of(20);
    edit(w, 7);
    const auto planned = w.plan();
    const auto once = settle(planned.plan, {}, planned.links, {}, planned.groups);
    EXPECT_EQ(settle(once, {}, planned.links, {}, planned.groups), once);
}

TEST(lost, too_many_missing_at_once_hold_the_whole_unit) {
    auto w = world_of(20);
    for (int i = 0; i < 3; ++i) w.gone_live(nth(i));
    w.in_git(remote("new"));
    const auto planned = w.plan();
    EXPECT_THAT(planned.forget, IsEmpty());
    const auto plan = settle(planned.plan, {}, planned.links, {}, planned.groups);
    EXPECT_EQ(count_running(plan), 0);
    EXPECT_EQ(held(plan, HoldReason::lost), 4);
    EXPECT_THAT(plan.changes[0].holds[0].text, HasSubstr("3 of 20 owned registrations are missing"));
    w.releases = {release_of(plan.groups[0])};
    EXPECT_EQ(count_running(settled(w)), 4);
}

TEST(lost, two_missing_or_a_tenth_are_not_lost) {
    auto w = world_of(20);
    for (int i = 0; i < 2; ++i) w.gone_live(nth(i));
    EXPECT_EQ(count_running(settled(w)), 2);
    auto many = world_of(40);
    for (int i = 0; i < 4; ++i) many.gone_live(nth(i));
    EXPECT_EQ(count_running(settled(many)), 4);
}

TEST(upgrade, what_only_newer_rules_want_is_held_as_one_group) {
    auto w = world_of(3);
    for (auto& [name, owned] : w.ledger.owned) owned.blob_id = w.files[0].blob_id;
    edit(w, 3);
    for (auto& file : w.files) file.blob_id = w.files[0].blob_id; // the texts did not move
    w.rules_moved = true;
    const auto plan = settled(w);
    EXPECT_EQ(held(plan, HoldReason::upgrade), 3);
    EXPECT_EQ(plan.changes[0].cause.kind, CauseKind::kedge_changed);
    w.rules_moved = false;
    EXPECT_EQ(settled(w).changes[0].cause.kind, CauseKind::settings_moved);
    w.releases = {release_of(plan.groups[0])};
    w.rules_moved = true;
    EXPECT_EQ(count_running(settled(w)), 3);
}

TEST(loop, a_write_that_came_back_three_times_is_held_with_the_rule_to_add) {
    auto w = world_of(1);
    w.edit_live(remote(nth(0), {{"description", "Theirs"}}));
    const auto digest = settled(w).changes.at(0).digest;
    written(w, Action::update, 2, 60, digest);
    EXPECT_EQ(count_running(settled(w)), 1);
    written(w, Action::update, 1, 30, digest);
    const auto plan = settled(w);
    EXPECT_THAT(reasons(plan.changes[0]), ElementsAre(HoldReason::loop));
    EXPECT_THAT(plan.changes[0].holds[0].text, AllOf(HasSubstr("3 times"), HasSubstr("description")));
    EXPECT_THAT(plan.changes[0].holds[0].way_out, HasSubstr("x-kedge: {ignore: [description]}"));
    w.release(plan.changes[0]);
    EXPECT_EQ(count_running(settled(w)), 1);
}

TEST(loop, writes_of_other_days_or_of_other_content_do_not_count) {
    auto w = world_of(1);
    w.edit_live(remote(nth(0), {{"description", "Theirs"}}));
    const auto digest = settled(w).changes.at(0).digest;
    written(w, Action::update, 5, 86401, digest);
    written(w, Action::update, 5, 60);
    EXPECT_EQ(count_running(settled(w)), 1);
}

TEST(rotation, the_reference_and_how_many_use_it_are_part_of_the_cause) {
    World w;
    for (int i = 0; i < 3; ++i) {
        w.is_ours(remote(nth(i), header("x")));
        w.rotated.insert(nth(i));
        w.files[static_cast<std::size_t>(i)].entries[0].references = {"env:TOKEN"};
    }
    const auto plan = settled(w);
    ASSERT_EQ(plan.changes.size(), 3U);
    EXPECT_THAT(plan.changes[0].cause.secrets, ElementsAre("env:TOKEN"));
    EXPECT_EQ(plan.changes[0].cause.sharing, 3);
}
