// What only one control plane has stands in `x-kedge`: it is sent, compared and shown like any other field, and the
// blocks of other control planes are not there.
#include "tests/contract/plain_plane.h"
#include "tests/contract/target_world.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

std::unique_ptr<Plane> gaia() {
    PlainKnobs knobs;
    knobs.dialect = "gaia";
    knobs.replace_fields = {"type", "x-kedge.gaia.transport"};
    return make_plain_plane(knobs);
}

Json live_block(TargetWorld& world) {
    const auto rows = rows_named(*world.plane, "github");
    return rows.size() == 1 ? rows[0].document.value("x-kedge", Json()) : Json("not there");
}

} // namespace

TEST(own_block, is_sent_and_those_of_others_are_not) {
    TargetWorld world(gaia());
    world.add("github", "x-kedge:\n  prune: never\n  gaia: {proxy: none}\n  zudu: {transport: sse}\n");
    world.converge();
    EXPECT_EQ(live_block(world), (Json{{"gaia", {{"proxy", "none"}}}}));
    EXPECT_TRUE(world.plan().changes.empty());
    EXPECT_EQ(world.plane->fate.writes(), 1);
}

TEST(own_block, is_not_there_where_it_says_nothing) {
    TargetWorld world(gaia());
    world.add("github", "x-kedge:\n  gaia: {}\n  zudu: {transport: sse}\n");
    world.converge();
    EXPECT_TRUE(live_block(world).is_null());
}

TEST(own_block, may_stand_in_the_overrides) {
    TargetWorld world(gaia());
    world.source.set(".kedge/overrides", "- name: git*\n  x-kedge: {gaia: {proxy: none}}\n");
    world.add("github");
    world.converge();
    EXPECT_EQ(live_block(world), (Json{{"gaia", {{"proxy", "none"}}}}));
    world.source.set(".kedge/overrides", "- name: git*\n  x-kedge: {gaia: {proxy: some}}\n");
    world.converge();
    EXPECT_EQ(live_block(world), (Json{{"gaia", {{"proxy", "some"}}}}));
}

TEST(own_block, differs_under_the_path_that_a_person_wrote) {
    TargetWorld world(gaia());
    world.add("github", "x-kedge:\n  gaia:\n    proxy: none\n");
    world.converge();
    world.plane->edit(world.known().owned.at("github").remote_id,
                      Json::parse(R"({"x-kedge": {"gaia": {"proxy": "some"}}})"));
    const auto plan = world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    ASSERT_EQ(plan.changes[0].differences.size(), 1U);
    EXPECT_EQ(plan.changes[0].differences[0].path, "x-kedge.gaia.proxy");
    world.converge();
    EXPECT_EQ(live_block(world), (Json{{"gaia", {{"proxy", "none"}}}}));
    const auto about = run_to_end(world.loop, world.unit->explain("github"));
    EXPECT_EQ(about.lines.at("/x-kedge/gaia/proxy"), 10);
}

TEST(own_block, forces_a_replacement_where_its_field_cannot_be_changed) {
    TargetWorld world(gaia());
    world.add("github", "x-kedge:\n  gaia: {transport: sse}\n");
    world.converge();
    world.add("github", "x-kedge:\n  gaia: {transport: http}\n");
    const auto plan = world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_EQ(plan.changes[0].action, Action::replace);
    EXPECT_EQ(plan.changes[0].holds.at(0).text,
              "x-kedge.gaia.transport cannot be changed in place: it would be created again under another id, and "
              "this one deleted");
}
