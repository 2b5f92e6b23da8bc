// Whatever a manifest, a commit or a control plane says, it stays inside the place where it is shown.
#include "samples.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/markdown_safe.h"
#include "view/text.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <regex>
#include <sstream>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

// Only what is left outside of code is read by the host.
std::string outside_code(const std::string& markdown) {
    std::string text = std::regex_replace(markdown, std::regex("```diff\n(?:[-+!#] [^\n]*\n)*```"), "");
    text = std::regex_replace(text, std::regex("<code>[^<]*</code>"), "");
    return std::regex_replace(text, std::regex("(^|[^\\\\`])(`+)([^`]|[^`][^\n]*?[^`])\\2(?!`)"), "$1");
}

} // namespace

TEST(hostile_text, no_line_of_a_terminal_holds_a_control_character) {
    TextStyle style;
    Report report;
    report.plan = hostile_plan();
    report.stopped = hostile_plan().unit;
    report.outcomes = {{report.plan.changes[0], Result::failed, report.stopped, "", false}};
    for (const auto& text : {render_plan(hostile_plan(), style), render_report(report, style),
                             render_findings(hostile_plan().findings, style)}) {
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
        EXPECT_THAT(text, Not(HasSubstr("\u202e")));
        EXPECT_THAT(text, Not(HasSubstr("\u200b")));
        EXPECT_THAT(text, Not(HasSubstr("\n/close")));
    }
}

TEST(hostile_markdown, mentions_links_html_and_commands_are_dead) {
    const auto text = markdown_plan(hostile_plan());
    EXPECT_THAT(text, Not(HasSubstr("\n/close")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\u202e")));
    const auto read = outside_code(text);
    for (const char* live : {"@team", "<script", R"([^\\]\]\()", "www\\.evil", "http://", "[^&]#[0-9]"}) {
        EXPECT_FALSE(std::regex_search(read, std::regex(live))) << live;
    }
    std::size_t opened = 0;
    std::size_t closed = 0;
    for (std::size_t at = 0; (at = read.find("<details>", at)) != std::string::npos; ++at) ++opened;
    for (std::size_t at = 0; (at = read.find("</details>", at)) != std::string::npos; ++at) ++closed;
    EXPECT_EQ(opened, closed);
}

TEST(hostile_markdown, every_row_of_the_table_keeps_its_columns) {
    std::istringstream lines(markdown_plan(hostile_plan()));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| ")) continue;
        EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 6) << line;
    }
}

TEST(hostile_markdown, any_text_leaves_no_live_character) {
    rc::check([](const std::string& foreign) {
        const auto text = markdown_text(foreign);
        for (const char c : {'<', '>', '|', '\n'}) RC_ASSERT(text.find(c) == std::string::npos);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '@') RC_ASSERT(text.compare(i, 8, "@&#8203;") == 0);
        }
        const auto code = markdown_code(foreign);
        RC_ASSERT(code.find('|') == std::string::npos);
        RC_ASSERT(code.find('\n') == std::string::npos);
        const auto html = html_text(foreign);
        for (const char c : {'<', '>', '"', '`'}) RC_ASSERT(html.find(c) == std::string::npos);
    });
}

TEST(hostile_markdown, code_spans_close_where_they_should) {
    EXPECT_EQ(markdown_code("a`b"), "``a`b``");
    EXPECT_EQ(markdown_code("`"), "`` ` ``");
    EXPECT_EQ(markdown_code("a|b\\"), "` a\\x7cb\\ `");
    EXPECT_EQ(markdown_code(""), "");
}

TEST(markdown, verdict_risks_and_counts_stand_in_the_first_ten_lines) {
    std::istringstream lines(markdown_plan(rich_plan()));
    std::string top;
    for (int i = 0; i < 10; ++i) {
        std::string line;
        std::getline(lines, line);
        top += line + "\n";
    }
    for (const char* word : {"### ", "**held**", "**would delete**", "**changes auth**", "271 equal, 7 differ"})
        EXPECT_THAT(top, HasSubstr(word));
}

TEST(markdown, ten_thousand_changes_fit_into_a_comment) {
    Plan plan = rich_plan();
    const auto change = plan.changes[2];
    for (int i = 0; i < 10'000; ++i) {
        plan.changes.push_back(change);
        plan.findings.push_back(many_findings()[0]);
    }
    const auto text = markdown_plan(plan);
    EXPECT_LT(text.size(), 65'000U);
    EXPECT_THAT(text, HasSubstr("more changes are not shown here"));
    EXPECT_THAT(text, HasSubstr("more changes did not fit here"));
    EXPECT_THAT(text, HasSubstr("Plan digest"));
    Report report;
    report.plan = plan;
    for (const auto& one : plan.changes) report.outcomes.push_back({one, Result::done, "", "", false});
    EXPECT_LT(markdown_report(report).size(), 65'000U);
    EXPECT_LT(markdown_findings(plan.findings).size(), 65'000U);
}

TEST(json, hostile_bytes_can_be_dumped_and_secrets_are_masked) {
    auto plan = hostile_plan();
    plan.changes[0].differences = {{"a", DifferenceKind::secret_changed, "hunter2", "hunter2"}};
    Report report;
    report.plan = plan;
    report.outcomes = {{plan.changes[0], Result::failed, "\xff", "\xff", false}};
    EXPECT_THAT(report_json(report).dump(), Not(HasSubstr("hunter2")));
    EXPECT_NO_THROW((void)findings_json(plan.findings).dump());
    EXPECT_EQ(plan_json(plan)["format_version"], 1);
}
