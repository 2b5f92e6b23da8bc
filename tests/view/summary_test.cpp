#include "samples.h"
#include "view/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

namespace {

Plan plan_of(int creates, int updates, int auth) {
    Plan plan;
    for (int i = 0; i < creates + updates; ++i) {
        Change c;
        c.action = i < creates ? Action::create : Action::update;
        c.name = std::to_string(i);
        c.auth_change = i >= creates && i < creates + auth;
        if (c.auth_change) c.subjects = 41 - (i - creates);
        plan.changes.push_back(c);
    }
    return plan;
}

} // namespace

TEST(summary_line, reads_as_promised) {
    auto plan = plan_of(7, 14, 2);
    plan.counts.equal = 271;
    plan.counts.live_only = 6;
    plan.counts.other_types = 41;
    plan.counts.list_requests = 1;
    plan.counts.dry_runs = 23;
    EXPECT_EQ(summary_line(plan),
              "271 equal, 14 differ, 6 live but not in git, 7 only in git, 2 change auth (at least 41 people have "
              "credentials "
              "there), 41 documents of other types left alone; 1 list, 23 dry runs; nothing was changed");
}

TEST(summary_line, leaves_out_what_is_zero_and_knows_the_singular) {
    auto plan = plan_of(0, 1, 1);
    plan.changes[0].subjects = 1;
    plan.counts.other_types = 1;
    plan.counts.invalid = 1;
    plan.counts.list_requests = 2;
    plan.counts.dry_runs = 1;
    plan.counts.other_requests = 1;
    EXPECT_EQ(summary_line(plan), "1 differs, 1 changes auth (at least 1 person has credentials there), 1 with errors "
                                  "left as it is, 1 document of "
                                  "another type left alone; 2 lists, 1 dry run, 1 other request; nothing was changed");
    EXPECT_EQ(summary_line(Plan{}), "nothing in git and nothing live; nothing was changed");
}

TEST(summary_line, does_not_add_up_people_who_may_be_the_same) {
    EXPECT_THAT(summary_line(plan_of(0, 3, 3)), HasSubstr("3 change auth (at least 41 people"));
    auto unknown = plan_of(0, 2, 2);
    for (auto& change : unknown.changes) change.subjects.reset();
    EXPECT_EQ(summary_line(unknown), "2 differ, 2 change auth; nothing was changed");
}

TEST(plan_text, only_a_plan_says_that_nothing_was_changed) {
    TextStyle style;
    EXPECT_THAT(render_plan(rich_plan(), style), EndsWith("; nothing was changed\n"));
    style.may_apply = true;
    const auto text = render_plan(rich_plan(), style);
    EXPECT_THAT(text, Not(HasSubstr("nothing was changed")));
    EXPECT_THAT(
        text,
        EndsWith(
            "\nPlan: 1 to create, 3 to update, 1 to rotate, 1 to delete, 4 held, 1 refused by the control plane.\n"));
}

TEST(plan_text, people_never_read_words_of_the_workshop) {
    for (const bool may_apply : {false, true}) {
        TextStyle style;
        style.may_apply = may_apply;
        for (const auto& text : {render_plan(rich_plan(), style), render_report(rich_report(), style)}) {
            for (const char* word : {"rehears", "haul", "floor", "dialect"}) EXPECT_THAT(text, Not(HasSubstr(word)));
        }
    }
}

TEST(plan_text, colour_changes_no_character) {
    TextStyle plain;
    TextStyle coloured;
    coloured.colour = true;
    const auto without = [](std::string text) {
        for (std::size_t at = 0; (at = text.find("\x1b[")) != std::string::npos;)
            text.erase(at, text.find('m', at) - at + 1);
        return text;
    };
    EXPECT_EQ(without(render_plan(rich_plan(), coloured)), render_plan(rich_plan(), plain));
    EXPECT_EQ(without(render_report(rich_report(), coloured)), render_report(rich_report(), plain));
    EXPECT_EQ(without(render_findings(many_findings(), coloured)), render_findings(many_findings(), plain));
}

TEST(plan_text, a_secret_is_never_shown_even_if_a_value_came_along) {
    Plan plan = rich_plan();
    for (auto& change : plan.changes) {
        for (auto& d : change.differences) {
            if (d.kind == DifferenceKind::secret_changed || d.kind == DifferenceKind::secret_unknown)
                d.live = d.desired = "hunter2";
        }
    }
    EXPECT_THAT(render_plan(plan, {}), Not(HasSubstr("hunter2")));
}

TEST(report_text, nothing_to_do_is_said_in_one_line) {
    Report report;
    report.plan = quiet_plan();
    EXPECT_EQ(render_report(report, {}), "Nothing to do: 10000 equal; 10 lists.\n");
    report.stopped = "the list changed three times while it was read";
    EXPECT_EQ(render_report(report, {}),
              "Stopped early: the list changed three times while it was read.\nApplied: nothing.\n");
}

TEST(findings_text, the_caret_stands_under_the_character_whatever_comes_before_it) {
    const auto caret_of = [](const std::string& excerpt, int column) {
        Finding finding;
        finding.place = {"a.yaml", 1, column};
        finding.message = "m";
        finding.excerpt = excerpt;
        return render_findings({finding}, {});
    };
    EXPECT_THAT(caret_of("\tab: c", 2), HasSubstr("  1 |  ab: c\n    |  ^\n"));
    EXPECT_THAT(caret_of("日本: c", 3), HasSubstr("  1 | 日本: c\n    |     ^\n"));
    EXPECT_THAT(caret_of("a\x1b: c", 3), HasSubstr("  1 | a\\x1b: c\n    |      ^\n"));
    EXPECT_THAT(caret_of("ab", 99), HasSubstr("  1 | ab\n    |   ^\n"));
}
