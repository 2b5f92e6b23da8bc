// What waits for a person or an upstream, as people see it.
#include "tests/view/samples.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

Plan waiting() {
    Plan plan;
    plan.conditions.push_back({"jira", "7", {true, true, "AUTHORIZE", "https://gravity.example/authorize/7"}});
    plan.conditions.push_back({"slack", "8", {false, false, ""}});
    return plan;
}

} // namespace

TEST(conditions, stand_beside_the_plan_with_where_to_go_on) {
    const auto text = render_plan(waiting(), TextStyle{});
    EXPECT_THAT(text, HasSubstr("State, not compared: jira needs a person: AUTHORIZE"));
    EXPECT_THAT(text, HasSubstr("https://gravity.example/authorize/7"));
    EXPECT_THAT(text, HasSubstr("slack cannot be reached"));
    EXPECT_THAT(text, HasSubstr("No changes")) << "a state is no difference";
    EXPECT_THAT(markdown_plan(waiting()), HasSubstr("jira needs a person"));
    const auto json = plan_json(waiting());
    EXPECT_EQ(json["conditions"][0]["url"], "https://gravity.example/authorize/7");
    EXPECT_EQ(json["conditions"][1]["reachable"], false);
}

TEST(conditions, in_their_words_cannot_paint_the_terminal) {
    Plan plan;
    plan.conditions.push_back({"a\x1b[31m", "1", {true, true, "b\x1b[0m", "c\x1b[0m"}});
    EXPECT_THAT(render_plan(plan, TextStyle{}), Not(HasSubstr("\x1b")));
}

TEST(a_blocked_outcome, is_neither_success_nor_failure) {
    Report report;
    Outcome outcome;
    outcome.change.action = Action::create;
    outcome.change.name = "jira";
    outcome.change.type = "mcp-server/remote";
    outcome.result = Result::blocked;
    outcome.text = "somebody has to sign in (https://gravity.example/authorize/7)";
    report.outcomes.push_back(outcome);
    const auto text = render_report(report, TextStyle{});
    EXPECT_THAT(text, HasSubstr("! jira waits"));
    EXPECT_THAT(text, HasSubstr("somebody has to sign in"));
    EXPECT_THAT(text, HasSubstr("Applied: nothing; 1 blocked."));
    EXPECT_THAT(markdown_report(report), HasSubstr("⚠️"));
    EXPECT_EQ(report_json(report)["outcomes"][0]["result"], "blocked");
}

TEST(a_check, that_nobody_makes_says_so) {
    Plan plan;
    Change change;
    change.action = Action::create;
    change.name = "jira";
    change.check.kind = CheckKind::not_checked;
    plan.changes.push_back(change);
    EXPECT_THAT(render_plan(plan, TextStyle{}), HasSubstr("not checked by the control plane"));
}

TEST(target, that_is_a_part_of_a_control_plane_says_which) {
    Plan plan;
    plan.target = {"contextforge", "", "", "https://forge.example.com", "private"};
    EXPECT_NE(render_plan(plan, {}).find("target: forge.example.com, private ones alone"), std::string::npos)
        << render_plan(plan, {});
}
