#include "model/counters.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(counters, of_durations_fall_into_the_first_bound_that_holds_them) {
    Durations durations;
    for (const int ms : {50, 51, 900'000, 900'001}) durations.add(Milliseconds(ms));
    EXPECT_EQ(durations.counts().front(), 1u);
    EXPECT_EQ(durations.counts()[1], 1u);
    EXPECT_EQ(durations.counts()[Durations::bounds.size() - 1], 1u);
    EXPECT_EQ(durations.counts().back(), 1u);
    EXPECT_DOUBLE_EQ(durations.seconds(), 1800.102);
}

TEST(counters, are_set_anew_for_a_unit) {
    Tally holds;
    holds.set({"tools", "sign-out"}, 2);
    holds.set({"tools", "delete"}, 1);
    holds.set({"other", "delete"}, 4);
    holds.forget("tools");
    holds.set({"tools", "delete"}, 3);
    EXPECT_EQ(holds.rows().size(), 2u);
    EXPECT_EQ(holds.of({"tools", "delete"}), 3);
}
