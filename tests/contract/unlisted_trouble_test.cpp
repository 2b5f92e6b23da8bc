// What goes wrong where there is no list: a create whose answer is lost cannot be found again by kedge, and is never
// sent twice; everything else is made good.
#include "tests/contract/target_state.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

class Unlisted : public TargetState {
protected:
    void pass() {
        try {
            world.apply();
        } catch (const Killed&) {
            world.restart();
        }
    }
};

bool reads_by_id_alone(const Capabilities& can) {
    return !can.list && can.get;
}

const std::vector<Trouble> after_the_fact{Trouble::lost_after, Trouble::cut_off, Trouble::failed_after,
                                          Trouble::page_after, Trouble::killed_after};

} // namespace

TEST_P(Unlisted, a_create_that_may_have_arrived_is_never_sent_twice) {
    for (const auto trouble : after_the_fact) {
        SCOPED_TRACE(static_cast<int>(trouble));
        world.restart();
        const auto name = "server-" + std::to_string(static_cast<int>(trouble));
        world.add(name);
        const auto before = world.plane->fate.writes();
        world.plane->fate.at_write(1, trouble);
        for (int i = 0; i < 4; ++i) pass();
        EXPECT_EQ(world.plane->fate.writes() - before, 1);
        ASSERT_EQ(count(name), 1U);
        if (!world.known().owned.contains(name)) {
            const auto plan = world.plan();
            ASSERT_NE(find_change(plan, name), nullptr);
            const auto& holds = find_change(plan, name)->holds;
            EXPECT_TRUE(std::any_of(holds.begin(), holds.end(),
                                    [](const Hold& hold) { return hold.reason == HoldReason::unsure; }));
            // Without a look-up by name nothing shows it to kedge: a person goes on in the control plane.
            if (!world.can().find_by_name) return;
            run_to_end(world.loop, world.unit->adopt(name, rows_named(*world.plane, name)[0].remote_id));
            world.converge();
        }
        EXPECT_TRUE(world.known().open.empty());
        expect_nothing_to_do();
    }
}

TEST_P(Unlisted, an_update_that_went_wrong_is_made_good) {
    auto troubles = after_the_fact;
    for (const auto trouble : {Trouble::refused, Trouble::lost_before, Trouble::killed_before, Trouble::throttled})
        troubles.push_back(trouble);
    world.add("github");
    world.converge();
    const auto id = id_of("github");
    for (const auto trouble : troubles) {
        SCOPED_TRACE(static_cast<int>(trouble));
        const auto text = "changed-" + std::to_string(static_cast<int>(trouble));
        world.declare("github", GetParam().edit(text));
        world.plane->fate.at_write(1, trouble);
        pass();
        world.converge();
        EXPECT_EQ(edited_of(id), word(text));
        EXPECT_EQ(count("github"), 1U);
        EXPECT_TRUE(world.known().open.empty());
        expect_nothing_to_do();
    }
}

INSTANTIATE_TEST_SUITE_P(targets, Unlisted, testing::ValuesIn(variants_that(reads_by_id_alone)), name_of_variant);
