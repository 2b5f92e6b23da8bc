// What a control plane has taken and what waits there for a person is not written again.
#include "tests/contract/plain_plane.h"
#include "tests/contract/target_world.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(waiting, what_was_stored_and_waits_is_ours_and_not_written_again) {
    PlainKnobs knobs;
    knobs.creates_wait = true;
    TargetWorld world(make_plain_plane(knobs));
    world.add("github");
    const auto report = world.apply();
    ASSERT_NE(find_outcome(report, "github"), nullptr);
    EXPECT_EQ(find_outcome(report, "github")->result, Result::blocked);
    EXPECT_EQ(find_outcome(report, "github")->text, "somebody has to sign in (https://plain.example.com/go-on)");
    world.restart();
    const auto plan = world.apply().plan;
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_EQ(world.plane->fate.writes(), 1);
    ASSERT_EQ(plan.conditions.size(), 1U);
    EXPECT_EQ(plan.conditions[0].name, "github");
    EXPECT_EQ(plan.conditions[0].condition.url, "https://plain.example.com/go-on");
}

TEST(switched_off, what_a_control_plane_cannot_do_is_shown_and_never_sent) {
    PlainKnobs knobs;
    knobs.create = knobs.update = false;
    TargetWorld world(make_plain_plane(knobs));
    const auto id = world.plane->add(manifest_of("jira", {{"description", "theirs"}}));
    world.add("github");
    world.add("jira");
    run_to_end(world.loop, world.unit->adopt("jira", id));
    const auto report = world.converge();
    EXPECT_EQ(world.plane->fate.writes(), 0);
    for (const char* name : {"github", "jira"}) {
        ASSERT_NE(find_outcome(report, name), nullptr) << name;
        EXPECT_EQ(find_outcome(report, name)->result, Result::left_alone) << name;
    }
    EXPECT_EQ(find_outcome(report, "github")->text,
              "this control plane cannot create; `writes: yes` lets kedge create and update");
    EXPECT_EQ(find_outcome(report, "jira")->text,
              "this control plane cannot update; `writes: yes` lets kedge create and update");
}
