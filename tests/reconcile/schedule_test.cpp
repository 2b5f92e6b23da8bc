#include "reconcile/schedule.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {
constexpr Milliseconds at(int ms) {
    return Milliseconds(ms);
}
} // namespace

TEST(schedule, takes_the_one_that_has_waited_longest_past_its_time) {
    Schedule schedule;
    schedule.add("late", at(20));
    schedule.add("early", at(10));
    EXPECT_EQ(schedule.take(at(5)), std::nullopt);
    EXPECT_EQ(schedule.waiting(at(30)), 2);
    EXPECT_EQ(schedule.take(at(30)), "early");
    EXPECT_EQ(schedule.take(at(30)), "late");
    EXPECT_EQ(schedule.take(at(30)), std::nullopt);
    EXPECT_EQ(schedule.next(), std::nullopt) << "both are under way";
}

TEST(schedule, a_unit_under_way_is_never_taken_again) {
    Schedule schedule;
    schedule.add("a", at(0));
    ASSERT_EQ(schedule.take(at(0)), "a");
    EXPECT_TRUE(schedule.is_under_way("a"));
    EXPECT_TRUE(schedule.wake("a", at(1)));
    EXPECT_EQ(schedule.take(at(1000)), std::nullopt);
    schedule.ended("a", at(5000));
    EXPECT_EQ(schedule.take(at(2)), "a") << "woken meanwhile: right after";
    schedule.ended("a", at(5000));
    EXPECT_EQ(schedule.next(), at(5000)) << "once";
}

TEST(schedule, one_that_was_woken_meanwhile_does_not_wait_behind_those_that_became_due_later) {
    Schedule schedule;
    schedule.add("a", at(0));
    ASSERT_EQ(schedule.take(at(0)), "a");
    schedule.add("b", at(50));
    schedule.wake("a", at(10));
    schedule.ended("a", at(60000));
    EXPECT_EQ(schedule.take(at(100)), "a");
}

TEST(schedule, waking_moves_a_time_only_forward) {
    Schedule schedule;
    schedule.add("a", at(10));
    schedule.wake("a", at(50));
    EXPECT_EQ(schedule.due("a"), at(10));
    schedule.wake("a", at(5));
    EXPECT_EQ(schedule.due("a"), at(5));
    EXPECT_FALSE(schedule.wake("nosuch", at(5)));
}

TEST(schedule, one_that_is_removed_while_under_way_does_not_come_back) {
    Schedule schedule;
    schedule.add("a", at(0));
    ASSERT_EQ(schedule.take(at(0)), "a");
    schedule.remove("a");
    schedule.ended("a", at(10));
    EXPECT_EQ(schedule.take(at(1000)), std::nullopt);
    EXPECT_FALSE(schedule.is_under_way("a"));
}
