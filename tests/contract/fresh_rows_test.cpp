// What is read again right before a write is compared as a whole, as far as both looks show it.
#include "tests/contract/world.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(fresh_rows, a_get_that_hides_what_the_list_shows_is_no_change_by_hand) {
    WorldOptions options;
    options.knobs.mask_list = false;
    World world(options);
    const std::string header = "auth_data:\n  type: header\n  headers: {Authorization: \"Bearer literal\"}\n";
    world.add("github", header);
    world.add("jira");
    world.converge();
    world.source.remove("github.yaml");
    const auto report = world.converge();
    EXPECT_TRUE(world.live("github").is_null());
    EXPECT_TRUE(report.plan.changes.empty());
}
