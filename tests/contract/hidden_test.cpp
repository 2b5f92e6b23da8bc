// Fields that a control plane takes and never shows: what git says there is sent again where git moved it, and is no
// difference otherwise.
#include "tests/contract/sandbox_meeting.h"
#include "tests/contract/target_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

std::unique_ptr<Plane> gaia_as_documented() {
    Meeting it;
    it.api = "gaia";
    it.by_hand = it.options = {{"project", "tests"}, {"api", "documented"}};
    it.knobs = {{"dialect", "documented"}};
    it.token = "sec_tests";
    it.credentials = {{"Authorization", "Bearer sec_tests"}};
    return meet(it);
}

Json keyed(const std::string& key) {
    return {{"auth_data", {{"type", "header"}, {"headers", {{"X-Api-Key", key}}}}}};
}

class Hidden : public testing::Test {
protected:
    void expect_nothing_to_do() {
        EXPECT_TRUE(world.plan().changes.empty());
        world.restart();
        EXPECT_TRUE(world.plan().changes.empty());
    }
    int writes() { return world.plane->fate.writes(); }

    TargetWorld world{gaia_as_documented()};
};

} // namespace

TEST_F(Hidden, a_header_that_moved_in_git_is_sent_again) {
    world.declare("github", keyed("one"));
    world.converge();
    expect_nothing_to_do();
    world.declare("github", keyed("two"));
    const auto plan = world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_EQ(plan.changes[0].action, Action::rotate);
    EXPECT_EQ(plan.changes[0].cause.kind, CauseKind::git_moved);
    ASSERT_EQ(plan.changes[0].differences.size(), 1U);
    EXPECT_EQ(plan.changes[0].differences[0].path, "auth_data");
    EXPECT_EQ(plan.changes[0].differences[0].desired, "(secret)");
    const auto before = writes();
    world.converge();
    EXPECT_EQ(writes(), before + 1);
    expect_nothing_to_do();
}

TEST_F(Hidden, a_header_that_left_git_is_emptied) {
    world.declare("github", keyed("one"));
    world.converge();
    world.declare("github", Json::object());
    const auto before = writes();
    world.converge();
    EXPECT_EQ(writes(), before + 1);
    expect_nothing_to_do();
}

TEST_F(Hidden, what_stands_still_is_no_reason_for_anything) {
    auto patch = keyed("one");
    patch["x-kedge"] = {{"gaia", {{"request_timeout_ms", 5000}}}};
    world.declare("github", patch);
    world.converge();
    patch["description"] = "another";
    world.declare("github", patch);
    const auto plan = world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_EQ(plan.changes[0].action, Action::update);
    world.converge();
    expect_nothing_to_do();
}

TEST_F(Hidden, what_no_update_reaches_is_replaced_and_not_passed_over) {
    Json patch{{"x-kedge", {{"gaia", {{"request_timeout_ms", 5000}}}}}};
    world.declare("github", patch);
    world.converge();
    patch["x-kedge"]["gaia"]["request_timeout_ms"] = 6000;
    world.declare("github", patch);
    const auto plan = world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_EQ(plan.changes[0].action, Action::replace);
    EXPECT_THAT(plan.changes[0].holds.at(0).text, HasSubstr("x-kedge.gaia.request_timeout_ms"));
    EXPECT_EQ(world.release_all({HoldReason::replace}), 1);
    world.converge();
    expect_nothing_to_do();
}

TEST_F(Hidden, what_was_adopted_is_told_from_what_moved_since) {
    const auto id = world.plane->add(manifest_of("github"));
    world.declare("github", keyed("one"));
    run_to_end(world.loop, world.unit->adopt("github", id));
    world.converge();
    expect_nothing_to_do();
    const auto before = writes();
    world.declare("github", keyed("two"));
    world.converge();
    EXPECT_EQ(writes(), before + 1);
    expect_nothing_to_do();
}
