// One secret that many use gets a new value: one story, whatever becomes of it.
#include "view/folds.h"

#include "view/markdown.h"
#include "view/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

const Digest together = sha256("a group");

Plan rotation_of(int count) {
    Plan plan;
    for (int i = 0; i < count; ++i) {
        Change change;
        change.action = Action::rotate;
        change.name = "server-" + std::to_string(i);
        change.type = "mcp-server/remote";
        change.digest = sha256(change.name);
        change.cause.kind = CauseKind::secret_rotated;
        change.cause.secrets = {"env:SHARED"};
        change.cause.sharing = count;
        change.differences = {{"auth_data.headers.Authorization", DifferenceKind::secret_changed, "", ""}};
        plan.changes.push_back(change);
    }
    return plan;
}

Hold over_the_limit() {
    Hold hold;
    hold.reason = HoldReason::limit;
    hold.text = "40 updates are planned; the limit is 12";
    hold.way_out = "kedge release " + together.short_hex() + " --because \"WHY\"";
    hold.group = together;
    return hold;
}

Plan held_rotation_of(int count) {
    auto plan = rotation_of(count);
    for (auto& change : plan.changes) change.holds = {over_the_limit()};
    plan.groups = {{HoldReason::limit, "updates", together, count, false}};
    return plan;
}

Report report_of(Plan plan, Result result, const std::string& text = {}) {
    Report report;
    for (const auto& change : plan.changes) report.outcomes.push_back({change, result, text, "", false});
    report.plan = std::move(plan);
    return report;
}

std::size_t times(const std::string& text, const std::string& words) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++count;
    return count;
}

TextStyle wide() {
    TextStyle style;
    style.width = 200;
    return style;
}

const std::string release_line = "way out: kedge release " + together.short_hex() + " --because \"WHY\"";

} // namespace

TEST(folds, what_one_limit_holds_is_one_block_and_one_release_line) {
    for (const auto& text : {render_plan(held_rotation_of(40), wide()), render_holds(held_rotation_of(40), wide())}) {
        EXPECT_THAT(text,
                    HasSubstr("! server-0 and 39 others are held, would be given the new value of ${env:SHARED}"));
        EXPECT_EQ(times(text, release_line), 1U) << text;
        EXPECT_EQ(times(text, "held, limit: together with others"), 1U) << text;
        EXPECT_THAT(text, Not(HasSubstr("server-39")));
    }
}

TEST(folds, in_a_report_what_is_held_together_has_one_line) {
    const auto text = render_report(report_of(held_rotation_of(40), Result::held), wide());
    EXPECT_THAT(text, HasSubstr("! server-0 and 39 others held, not given its new secret"));
    EXPECT_THAT(text, HasSubstr("\nHeld:\n  server-0 and 39 others  limit      kedge release " + together.short_hex()));
    EXPECT_EQ(times(text, "kedge release"), 1U) << text;
    EXPECT_THAT(text, HasSubstr("Applied: nothing; 40 held."));
}

TEST(folds, in_markdown_too) {
    const auto plan = markdown_plan(held_rotation_of(40));
    EXPECT_THAT(plan, HasSubstr("| rotate | `server-0` and 39 others |"));
    EXPECT_EQ(times(plan, "kedge release"), 1U) << plan;
    EXPECT_EQ(times(plan, "<details>"), 1U);
    EXPECT_THAT(plan, HasSubstr("`server-39`")) << "who is meant can be read";
    const auto report = markdown_report(report_of(held_rotation_of(40), Result::held));
    EXPECT_THAT(report, HasSubstr("| rotate | `server-0` and 39 others | **held** |"));
    EXPECT_EQ(times(report, "kedge release"), 1U) << report;
}

TEST(folds, only_what_waits_for_the_same) {
    auto plan = held_rotation_of(40);
    plan.changes[3].holds.clear();
    plan.changes[7].holds[0].text = "another text";
    Hold own; // its release names this very change
    own.reason = HoldReason::foreign;
    plan.changes[9].holds = {own};
    const auto text = render_plan(plan, wide());
    EXPECT_THAT(text, AllOf(HasSubstr("* server-3 would be given"), HasSubstr("! server-7 is held"),
                            HasSubstr("! server-9 is held"), HasSubstr("! server-0 and 36 others are held")));
    for (auto& change : plan.changes) change.holds = {own};
    EXPECT_EQ(times(render_plan(plan, wide()), "way out: kedge release"), 40U) << "each needs a yes of its own";
}

TEST(folds, what_runs_and_what_is_left_alone) {
    EXPECT_THAT(render_plan(rotation_of(40), wide()),
                HasSubstr("* 40 registrations would be given the new value of ${env:SHARED}"));
    auto left = rotation_of(40);
    for (auto& change : left.changes) change.left_alone = "only reported (changes: report)";
    EXPECT_THAT(render_plan(left, wide()), HasSubstr("? server-0 and 39 others are left alone, would be given"));
    const auto done = render_report(report_of(rotation_of(40), Result::done), wide());
    EXPECT_THAT(done, HasSubstr("* server-0 and 39 others given its new secret"));
    auto mixed = report_of(rotation_of(40), Result::not_started, "stopped");
    mixed.outcomes[0].result = Result::failed;
    EXPECT_THAT(render_report(mixed, wide()),
                AllOf(HasSubstr("x server-0 failed"), HasSubstr(". server-1 and 38 others not started")));
}

TEST(folds, three_are_told_one_by_one) {
    const auto text = render_plan(held_rotation_of(3), wide());
    for (const char* name : {"server-0", "server-1", "server-2"})
        EXPECT_THAT(text, HasSubstr("! " + std::string(name) + " is held"));
}

TEST(left_alone, is_no_hold_in_any_view) {
    auto plan = held_rotation_of(1);
    plan.groups.clear();
    plan.changes[0].left_alone = "only reported (changes: report)";
    EXPECT_EQ(count_held(plan), 0);
    EXPECT_EQ(count_left_alone(plan), 1);
    EXPECT_THAT(render_plan(plan, wide()), AllOf(HasSubstr("? server-0 is left alone"), Not(HasSubstr("release"))));
    EXPECT_THAT(markdown_plan(plan),
                AllOf(HasSubstr("Nothing to do; 1 change is left alone"), Not(HasSubstr("**held**"))));
    EXPECT_THAT(render_report(report_of(plan, Result::left_alone, "only reported"), wide()),
                AllOf(HasSubstr("? server-0 left alone"), HasSubstr("Applied: nothing; 1 left alone."),
                      Not(HasSubstr("Held:"))));
}
