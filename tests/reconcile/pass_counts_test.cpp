#include "reconcile/pass_counts.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

Report with_hold(const std::string& name, HoldReason reason) {
    Report report;
    Change change;
    change.action = Action::update;
    change.name = name;
    change.digest = sha256(name);
    change.holds.push_back({reason, "because", "way out", {}, {}, {}});
    report.plan.changes.push_back(change);
    report.outcomes.push_back({change, Result::held, "", "", false, false});
    return report;
}

} // namespace

TEST(pass_counts, know_since_when_the_oldest_hold_of_a_reason_waits) {
    Counters counters;
    PassCounts counts(counters);
    counts.looked("crm", with_hold("github", HoldReason::foreign), 1000);
    counts.looked("crm", with_hold("github", HoldReason::foreign), 2000);
    EXPECT_EQ(counters.holds.of({"crm", "foreign"}), 1);
    EXPECT_EQ(counters.oldest_hold.of({"crm", "foreign"}), 1000);
    counts.looked("crm", with_hold("jira", HoldReason::foreign), 3000);
    EXPECT_EQ(counters.oldest_hold.of({"crm", "foreign"}), 3000) << "another change waits anew";
    counts.looked("crm", Report{}, 4000);
    EXPECT_TRUE(counters.holds.rows().empty());
    EXPECT_EQ(counters.changes.rows().size(), 0U) << "what waits is no outcome each minute anew";
}

TEST(pass_counts, tell_passes_apart_by_their_end) {
    Counters counters;
    PassCounts counts(counters);
    Report report;
    counts.ended("crm", &report, false, Milliseconds(100));
    counts.ended("crm", nullptr, true, Milliseconds(100));
    counts.ended("crm", nullptr, false, Milliseconds(100));
    report.superseded = true;
    counts.ended("crm", &report, false, Milliseconds(100));
    for (const auto* result : {"ok", "failed", "stopped", "superseded"})
        EXPECT_EQ(counters.passes.of({"crm", result}), 1) << result;
    counts.forget("crm");
    EXPECT_TRUE(counters.passes.rows().empty());
}
