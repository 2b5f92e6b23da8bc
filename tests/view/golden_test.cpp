#include "golden.h"
#include "samples.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/text.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

TextStyle style(bool may_apply, int width = 100, bool colour = false) {
    TextStyle s;
    s.may_apply = may_apply;
    s.width = width;
    s.colour = colour;
    return s;
}

} // namespace

TEST(golden_text, a_plan_that_stays_a_plan) {
    expect_golden("plan.txt", render_plan(rich_plan(), style(false)));
}
TEST(golden_text, a_plan_that_will_be_applied) {
    expect_golden("plan_apply.txt", render_plan(rich_plan(), style(true)));
}
TEST(golden_text, a_plan_on_a_narrow_terminal) {
    expect_golden("plan_narrow.txt", render_plan(rich_plan(), style(false, 60)));
}
TEST(golden_text, a_plan_in_colour) {
    expect_golden("plan_colour.txt", render_plan(first_plan(), style(false, 100, true)));
}
TEST(golden_text, the_first_plan_of_a_stranger) {
    expect_golden("plan_first.txt", render_plan(first_plan(), style(false)));
}
TEST(golden_text, nothing_to_do) {
    expect_golden("plan_quiet.txt", render_plan(quiet_plan(), style(true)));
}
TEST(golden_text, a_report) {
    expect_golden("report.txt", render_report(rich_report(), style(true)));
}
TEST(golden_text, findings) {
    expect_golden("findings.txt", render_findings(many_findings(), style(false)));
}
TEST(golden_text, hostile_text) {
    expect_golden("plan_hostile.txt", render_plan(hostile_plan(), style(false)));
}

TEST(golden_markdown, a_plan) {
    expect_golden("plan.md.txt", markdown_plan(rich_plan()));
}
TEST(golden_markdown, the_first_plan_of_a_stranger) {
    expect_golden("plan_first.md.txt", markdown_plan(first_plan()));
}
TEST(golden_markdown, nothing_to_do) {
    expect_golden("plan_quiet.md.txt", markdown_plan(quiet_plan()));
}
TEST(golden_markdown, a_report) {
    expect_golden("report.md.txt", markdown_report(rich_report()));
}
TEST(golden_markdown, findings) {
    expect_golden("findings.md.txt", markdown_findings(many_findings()));
}
TEST(golden_markdown, hostile_text) {
    expect_golden("plan_hostile.md.txt", markdown_plan(hostile_plan()));
}

TEST(golden_json, a_plan) {
    expect_golden("plan.json", plan_json(rich_plan()).dump(2) + "\n");
}
TEST(golden_json, a_report) {
    expect_golden("report.json", report_json(rich_report())["outcomes"][3].dump(2) + "\n");
}
TEST(golden_json, findings) {
    expect_golden("findings.json", findings_json(many_findings()).dump(2) + "\n");
}
