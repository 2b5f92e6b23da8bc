#include "tests/contract/world.h"

#include <gtest/gtest.h>

namespace kedge {

namespace {

std::string name_of(int number) {
    return "server-" + std::to_string(100 + number);
}

// Twenty registrations that all differ: six updates are allowed in one pass (30 %), twelve in an hour.
void fill(World& world) {
    for (int i = 0; i < 20; ++i) world.add(name_of(i));
    world.converge();
    for (int i = 0; i < 20; ++i) world.add(name_of(i), "tags:\n  team: tools\n");
}

} // namespace

TEST(selection, asked_for_one_by_one_no_more_is_written_than_an_hour_allows) {
    World world;
    fill(world);
    const auto before = world.writes();
    for (int i = 0; i < 20; ++i) {
        world.settings.selection.names = {name_of(i)};
        world.restart();
        world.apply();
    }
    EXPECT_EQ(world.writes() - before, 12U);
}

TEST(selection, a_part_of_the_unit_has_the_limits_of_the_whole) {
    World world;
    fill(world);
    world.settings.selection.names = {"server-10[0-5]"};
    world.restart();
    EXPECT_EQ(count_held(world.plan()), 0) << "six of twenty are allowed";
    world.settings.selection.names = {"server-10[0-6]"};
    world.restart();
    EXPECT_EQ(count_held(world.plan()), 7);
}

} // namespace kedge
