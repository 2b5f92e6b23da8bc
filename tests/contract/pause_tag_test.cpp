// The tag kedge-pause on a live registration: for a day kedge keeps its hands off it, across restarts, and no longer.
#include "tests/contract/daemon_world.h"

#include "tests/contract/target_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

constexpr Milliseconds minute{60000};
constexpr Milliseconds hour{3600000};

std::string description(DaemonWorld& world) {
    return world.live("github").value("description", "");
}

void tag(DaemonWorld& world, bool tagged) {
    world.edit_live("github", {{"description", "by hand"}, {"tags", {{"kedge-pause", tagged ? Json("yes") : Json()}}}});
}

std::string why(DaemonWorld& world) {
    const auto resources = world.controller->resources("crm");
    return resources.size() == 1 ? resources[0].why : std::to_string(resources.size()) + " resources";
}

// One unit that heals, in sync, and tagged after five minutes.
struct Tagged {
    Tagged() : world({"crm"}) {
        world.source("crm").set("github.yaml", manifest_of("github", Json::object()).dump());
        world.run(5 * minute);
        tag(world, true);
        since = world.clock.now();
    }
    DaemonWorld world;
    UnixSeconds since = 0;
};

} // namespace

TEST(pause_tag, holds_for_a_day_across_a_restart_says_until_when_and_ends) {
    Tagged tagged;
    auto& world = tagged.world;
    world.run(12 * hour);
    EXPECT_EQ(description(world), "by hand");
    const auto said = why(world);
    EXPECT_THAT(said, HasSubstr("it carries the tag kedge-pause in the control plane, which holds until "));
    world.restart();
    world.run(11 * hour + 50 * minute);
    EXPECT_EQ(description(world), "by hand");
    EXPECT_EQ(why(world), said) << "the time does not move";
    world.run(20 * minute);
    EXPECT_EQ(description(world), "Tools of github");
    EXPECT_FALSE(world.live("github").value("tags", Json::object()).contains("kedge-pause"));
    EXPECT_EQ(world.status("crm").state, UnitState::in_sync);
}

TEST(pause_tag, that_is_taken_off_is_forgotten_and_begins_anew_when_it_is_set_again) {
    Tagged tagged;
    auto& world = tagged.world;
    world.run(20 * hour);
    EXPECT_EQ(description(world), "by hand");
    tag(world, false);
    world.run(5 * minute);
    EXPECT_EQ(description(world), "Tools of github") << "nothing holds it any more";
    tag(world, true);
    world.run(23 * hour);
    EXPECT_EQ(description(world), "by hand");
    world.run(2 * hour);
    EXPECT_EQ(description(world), "Tools of github");
}

TEST(pause_tag, set_again_right_after_kedge_wrote_over_an_old_one_holds_for_a_day_again) {
    Tagged tagged;
    auto& world = tagged.world;
    for (int day = 0; day < 3; ++day) {
        world.run(23 * hour);
        EXPECT_EQ(description(world), "by hand") << day;
        world.run(2 * hour);
        EXPECT_EQ(description(world), "Tools of github") << day;
        tag(world, true);
    }
}

TEST(pause_tag, of_what_is_gone_from_git_delays_its_deletion_for_a_day) {
    Tagged tagged;
    auto& world = tagged.world;
    world.source("crm").remove("github.yaml");
    world.source("crm").set("jira.yaml", manifest_of("jira", Json::object()).dump());
    world.run(23 * hour);
    EXPECT_EQ(description(world), "by hand");
    world.run(2 * hour);
    EXPECT_TRUE(world.live("github").is_null());
}
