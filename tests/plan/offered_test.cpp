#include "plan/offered.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

Change update_of(std::vector<std::string> paths) {
    Change change;
    change.action = Action::update;
    for (auto& path : paths) change.differences.push_back({std::move(path), DifferenceKind::changed, "1", "2"});
    return change;
}

Capabilities switch_alone() {
    Capabilities can;
    can.updatable = {"x-kedge.rail.enabled", "tags"};
    can.assumptions = {"an update reaches the switch alone (writes: yes tries all)"};
    return can;
}

} // namespace

TEST(offered, an_update_that_reaches_nothing_that_differs_is_none) {
    EXPECT_EQ(why_not_offered(switch_alone(), update_of({"name", "url"})),
              "this control plane cannot change \"name\"; an update reaches the switch alone (writes: yes tries all)");
}

TEST(offered, an_update_that_reaches_one_of_them_is_sent) {
    for (const char* reached : {"x-kedge.rail.enabled", "x-kedge", "tags.team"})
        EXPECT_EQ(why_not_offered(switch_alone(), update_of({"url", reached})), "") << reached;
    EXPECT_EQ(why_not_offered(switch_alone(), update_of({"tagsoup"})).substr(0, 33),
              "this control plane cannot change ");
    EXPECT_EQ(why_not_offered(Capabilities{}, update_of({"url"})), "") << "nothing named: everything";
}
