// Gravity Rail as it is without settings: a list that shows a part, and no request that changes a name or a url.
#include "tests/contract/sandbox_meeting.h"
#include "tests/contract/target_world.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;

namespace {

// Names that the list does not show, though a get does.
using Hidden = std::shared_ptr<std::set<std::string>>;

std::unique_ptr<Plane> rail(const std::string& writes, const Hidden& hidden = {}) {
    Meeting it;
    it.api = "gravity_rail";
    it.options = {{"workspace", "00000000-0000-4000-8000-000000000001"}, {"writes", writes}};
    it.by_hand = it.options;
    it.by_hand["writes"] = "yes";
    it.knobs = {{"writes", true}};
    it.token = "sec_tests";
    it.credentials = {{"Authorization", "Bearer sec_tests"}};
    it.tamper = [hidden](const HttpRequest& request, HttpResponse& response) {
        if (!hidden || request.method != "GET" || !request.target.ends_with("/mcp-servers")) return;
        Json shown = Json::array();
        for (const auto& row : parse_json(response.body)) {
            if (!hidden->contains(row["name"].get<std::string>())) shown.push_back(row);
        }
        response.body = shown.dump();
    };
    return meet(it);
}

bool warns_of(const Plan& plan, const std::string& words) {
    return std::any_of(plan.findings.begin(), plan.findings.end(), [&](const Finding& finding) {
        return finding.severity == Severity::warning && finding.message.find(words) != std::string::npos;
    });
}

Json switched(bool enabled) {
    return {{"x-kedge", {{"gravity_rail", {{"enabled", enabled}}}}}};
}
constexpr const char* sentence = "this control plane cannot change \"url\"; servers cannot be created, and an update "
                                 "reaches the switch alone (writes: yes tries POST and PATCH)";

} // namespace

TEST(rail_switch, a_difference_that_no_update_reaches_is_left_alone) {
    TargetWorld world(rail("no"));
    const auto id = world.plane->add(manifest_of("github", {{"url", "https://elsewhere.example.com/mcp"}}));
    world.add("github");
    run_to_end(world.loop, world.unit->adopt("github", id));
    for (int pass = 0; pass < 3; ++pass) {
        const auto report = world.apply();
        ASSERT_NE(find_outcome(report, "github"), nullptr);
        EXPECT_EQ(find_outcome(report, "github")->result, Result::left_alone);
        EXPECT_EQ(find_outcome(report, "github")->text, sentence);
    }
    EXPECT_EQ(world.plane->fate.writes(), 0);
}

TEST(rail_switch, is_moved_beside_a_difference_that_stays) {
    TargetWorld world(rail("no"));
    auto live = manifest_of("github", {{"url", "https://elsewhere.example.com/mcp"}});
    live.merge_patch(switched(true));
    const auto id = world.plane->add(live);
    world.declare("github", switched(false));
    run_to_end(world.loop, world.unit->adopt("github", id));
    const auto report = world.apply();
    ASSERT_NE(find_outcome(report, "github"), nullptr);
    EXPECT_EQ(find_outcome(report, "github")->result, Result::done);
    EXPECT_EQ(rows_named(*world.plane, "github").at(0).document["x-kedge"], switched(false)["x-kedge"]);
    const auto next = world.apply();
    ASSERT_NE(find_outcome(next, "github"), nullptr);
    EXPECT_EQ(find_outcome(next, "github")->result, Result::left_alone);
    EXPECT_EQ(world.plane->fate.writes(), 1);
}

TEST(rail_list, what_it_hides_of_ours_is_looked_after_by_its_id) {
    const auto hidden = std::make_shared<std::set<std::string>>();
    TargetWorld world(rail("yes", hidden));
    world.add("github");
    world.add("jira");
    world.converge();
    hidden->insert("github");
    for (const bool anew : {false, true}) {
        if (anew) world.restart();
        const auto report = world.apply();
        EXPECT_TRUE(report.plan.changes.empty());
        EXPECT_EQ(report.plan.counts.equal, 2);
    }
    world.declare("github", {{"url", "https://new.example.com/mcp"}});
    world.converge();
    hidden->clear();
    ASSERT_EQ(rows_named(*world.plane, "github").size(), 1U);
    EXPECT_EQ(rows_named(*world.plane, "github")[0].document["url"], "https://new.example.com/mcp");
    hidden->insert("github");
    world.source.remove("github.yaml");
    world.converge();
    hidden->clear();
    EXPECT_TRUE(rows_named(*world.plane, "github").empty());
}

TEST(rail_list, what_it_hides_of_ours_is_not_said_to_be_missing_where_nothing_can_be_created) {
    const auto hidden = std::make_shared<std::set<std::string>>();
    TargetWorld world(rail("no", hidden));
    const auto id = world.plane->add(manifest_of("github"));
    world.add("github");
    run_to_end(world.loop, world.unit->adopt("github", id));
    hidden->insert("github");
    EXPECT_TRUE(world.plan().changes.empty());
}

TEST(rail_list, what_it_may_hide_is_said_before_a_create) {
    TargetWorld world(rail("yes"));
    world.add("github");
    const auto plan = world.plan();
    EXPECT_TRUE(warns_of(plan, "\"github\" may be there unseen, and would then be there twice"));
    world.converge();
    EXPECT_FALSE(warns_of(world.plan(), "unseen"));
    TargetWorld careful(rail("no"));
    careful.add("github");
    EXPECT_FALSE(warns_of(careful.plan(), "unseen")) << "nothing is created there";
}

TEST(rail_list, a_lost_create_that_it_hides_is_never_sent_twice) {
    const auto hidden = std::make_shared<std::set<std::string>>();
    TargetWorld world(rail("yes", hidden));
    world.add("github");
    hidden->insert("github");
    world.plane->fate.at_write(1, Trouble::lost_after);
    for (int pass = 0; pass < 3; ++pass) world.apply();
    EXPECT_EQ(world.plane->fate.writes(), 1);
    const auto plan = world.plan();
    ASSERT_NE(find_change(plan, "github"), nullptr);
    EXPECT_EQ(find_change(plan, "github")->holds.at(0).reason, HoldReason::unsure);
    hidden->clear();
    world.converge();
    EXPECT_EQ(rows_named(*world.plane, "github").size(), 1U);
    EXPECT_TRUE(world.known().owned.contains("github"));
}
