// The comment of a pull request, whole: read the golden files aloud.
#include "view/preview_comment.h"

#include "golden.h"
#include "preview_samples.h"
#include "samples.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <regex>
#include <sstream>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

std::string comment(const Preview& preview) {
    return preview_comment(preview, github_frame());
}

std::string first_lines(const std::string& text, int count) {
    std::istringstream lines(text);
    std::string top, line;
    for (int i = 0; i < count && std::getline(lines, line); ++i) top += line + "\n";
    return top;
}

int lines_in(const std::string& text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

std::size_t times(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
    return count;
}

// What a host reads as Markdown: code is gone.
std::string outside_code(const std::string& markdown) {
    std::string text = std::regex_replace(markdown, std::regex("(`{3,})[a-z]*\n(?:[^\n]*\n)*?\\1\n"), "");
    text = std::regex_replace(text, std::regex("<code>[^<]*</code>"), "");
    return std::regex_replace(text, std::regex("(^|[^\\\\`])(`+)([^`]|[^`][^\n]*?[^`])\\2(?!`)"), "$1");
}

Preview problem(const std::string& words, bool passes) {
    Preview preview = quiet_preview();
    preview.units.clear();
    preview.tree.clear();
    preview.problem = words;
    preview.passes = passes;
    return preview;
}

// A plan that is far too large for any forge.
Preview large_preview() {
    auto preview = held_preview();
    auto& plan = *preview.units.front().plan;
    const auto change = plan.changes[1];
    for (int i = 0; i < 500; ++i) {
        plan.changes.push_back(change);
        plan.findings.push_back(many_findings()[1]);
        plan.findings.back().place.line = i;
    }
    return preview;
}

} // namespace

TEST(golden_preview, every_risk_at_once) {
    expect_golden("preview.md.txt", comment(rich_preview()));
}
TEST(golden_preview, changes_that_wait_for_a_person) {
    expect_golden("preview_held.md.txt", comment(held_preview()));
}
TEST(golden_preview, nothing_that_a_person_has_to_fear) {
    expect_golden("preview_ready.md.txt", comment(ready_preview()));
}
TEST(golden_preview, a_control_plane_that_is_away) {
    expect_golden("preview_away.md.txt", comment(away_preview()));
}
TEST(golden_preview, manifests_that_only_move) {
    expect_golden("preview_moved.md.txt", comment(moved_preview()));
}
TEST(golden_preview, hostile_text) {
    expect_golden("preview_hostile.md.txt", comment(hostile_preview()));
}
TEST(golden_preview, what_came_of_it) {
    expect_golden("preview_outcome.md.txt", outcome_comment(rich_outcomes(), rich_preview(), github_frame()));
}
TEST(golden_preview, short_answers) {
    auto conflict = quiet_preview();
    conflict.conflicts = {"registry/tools/mcp/github.yaml", "README.md"};
    conflict.tree.clear();
    auto elsewhere = quiet_preview();
    elsewhere.units.clear();
    auto no_plan = away_preview();
    no_plan.units.front().problem = "the manifests could not be read: 1 file is larger than 1 MiB";
    no_plan.units.front().passes = false;
    std::string text;
    for (const auto& one : {quiet_preview(), conflict, elsewhere, no_plan,
                            problem("it comes from the fork mallory/platform, and forks are not previewed here", false),
                            problem("the repository could not be fetched since 10:02: connection refused", true)}) {
        text += comment(one) + "\n--------\n\n";
    }
    expect_golden("preview_short.md.txt", text);
}

TEST(preview_comment, begins_with_its_marker_and_nothing_else_in_it_looks_like_one) {
    for (const auto& preview : {rich_preview(), quiet_preview(), hostile_preview(), away_preview()}) {
        const auto text = comment(preview);
        EXPECT_THAT(text, StartsWith("<!-- kedge preview prod -->\n"));
        EXPECT_EQ(times(text, "<!--"), 1U) << text;
    }
    EXPECT_EQ(times(outcome_comment(rich_outcomes(), hostile_preview(), github_frame()), "<!--"), 1U);
}

TEST(preview_comment, says_verdict_and_risks_in_the_first_ten_lines) {
    const auto top = first_lines(comment(rich_preview()), 10);
    for (const char* word : {"### ❌ 1 error", "**Refused by the control plane** 1", "**Deletes** 2", "**Replaces** 1",
                             "**Signs out at least 41 people**", "**Changes auth of** 2", "**Changes the URL of** 2",
                             "**Over the limit**", "**Held** 4"})
        EXPECT_THAT(top, HasSubstr(word)) << top;
}

TEST(preview_comment, nothing_to_do_is_one_line) {
    EXPECT_EQ(lines_in(comment(quiet_preview())), 2) << "the hidden marker, and the line";
    EXPECT_THAT(comment(quiet_preview()), HasSubstr("Nothing to do"));
    EXPECT_THAT(comment(moved_preview()), HasSubstr("2 manifests only move to another file"));
}

TEST(preview_comment, has_no_table) {
    EXPECT_FALSE(std::regex_search(comment(rich_preview()), std::regex("\n\\|")));
}

TEST(preview_comment, links_places_only_where_the_forge_has_an_address_for_them) {
    EXPECT_THAT(comment(held_preview()),
                HasSubstr("[`registry/tools/mcp/github.yaml:3`](https://github.com/acme/platform/blob/"
                          "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432/registry/tools/mcp/github.yaml#L3)"));
    auto frame = github_frame();
    frame.file_url.clear();
    EXPECT_THAT(preview_comment(held_preview(), frame), HasSubstr("`registry/tools/mcp/github.yaml:3`, "));
    EXPECT_THAT(preview_comment(held_preview(), frame), Not(HasSubstr("(https://github.com")));
}

TEST(preview_comment, names_the_line_that_releases) {
    const auto held = held_preview();
    const auto& plan = *held.units.front().plan;
    const auto slack =
        std::find_if(plan.changes.begin(), plan.changes.end(), [](const Change& c) { return c.name == "slack"; });
    EXPECT_THAT(comment(held), HasSubstr("\nkedge release " + slack->digest.short_hex() + " because WHY\n"));
    EXPECT_THAT(comment(held), HasSubstr("- {digest: \"" + slack->digest.hex()));
    EXPECT_THAT(comment(held), HasSubstr("`registry/tools/.kedge/releases`"));
    auto frame = github_frame();
    frame.takes_commands = false;
    EXPECT_THAT(preview_comment(held, frame), HasSubstr("kedge release " + slack->digest.short_hex() + " --because"));
    EXPECT_THAT(preview_comment(held, frame), Not(HasSubstr("Comment `kedge plan`")));
}

TEST(preview_comment, is_cut_to_what_the_forge_takes_and_says_what_is_missing) {
    const auto large = large_preview();
    for (const std::size_t limit : {65'536U, 20'000U, 6'000U, 3'000U}) {
        auto frame = github_frame();
        frame.limit = limit;
        const auto text = preview_comment(large, frame);
        EXPECT_LE(text.size(), limit);
        EXPECT_EQ(times(text, "<details>"), times(text, "</details>"));
        EXPECT_EQ(times(text, "```") % 2, 0U);
        EXPECT_THAT(text, HasSubstr("did not fit here: [all of the plan](https://kedge.acme.example/previews/12)"));
        EXPECT_THAT(text, HasSubstr("</sub>"));
        frame.page.clear();
        EXPECT_THAT(preview_comment(large, frame), HasSubstr("`kedge plan` on this branch shows all of it"));
    }
}

TEST(preview_comment, is_never_longer_than_its_limit) {
    for (const auto& preview : {rich_preview(), hostile_preview(), quiet_preview(), moved_preview(), large_preview()}) {
        for (const std::size_t limit : {800U, 1'000U, 1'500U, 4'000U, 10'000U}) {
            auto frame = github_frame();
            frame.limit = limit;
            EXPECT_LE(preview_comment(preview, frame).size(), limit);
            EXPECT_LE(outcome_comment(rich_outcomes(), preview, frame).size(), limit);
        }
    }
}

TEST(preview_comment, hostile_text_is_dead_wherever_it_stands) {
    for (const auto& text :
         {comment(hostile_preview()), outcome_comment(rich_outcomes(), hostile_preview(), github_frame())}) {
        EXPECT_THAT(text, Not(HasSubstr("\n/close")));
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
        EXPECT_THAT(text, Not(HasSubstr("\u202e")));
        auto read = outside_code(text);
        read = std::regex_replace(read, std::regex("\\]\\(https://(github.com|kedge.acme.example)/[^ )]*\\)"), "");
        for (const char* live : {"@team", "<script", R"([^\\]\]\()", "www\\.evil", "http://", "https://", "[^&]#[0-9]",
                                 "<!-- kedge.*<!--"}) {
            EXPECT_FALSE(std::regex_search(read, std::regex(live))) << live << "\n" << read;
        }
        EXPECT_EQ(times(read, "<details>"), times(read, "</details>"));
    }
}

TEST(preview_comment, any_name_leaves_the_frame_of_the_comment_whole) {
    rc::check([](const std::string& foreign) {
        auto preview = held_preview();
        preview.units.front().folder = foreign;
        for (auto& change : preview.units.front().plan->changes) change.name = change.place.file = foreign;
        const auto text = comment(preview);
        RC_ASSERT(times(text, "<!--") == 1);
        RC_ASSERT(times(text, "<details>") == times(text, "</details>"));
    });
}

TEST(outcome_comment, says_what_was_applied_held_and_failed_and_when) {
    const auto text = outcome_comment(rich_outcomes(), rich_preview(), github_frame());
    EXPECT_THAT(first_lines(text, 2), HasSubstr("### ❌ Merged: 4 changes applied, 2 held and 4 failed"));
    EXPECT_THAT(text, HasSubstr("2027-01-15T08:05:00Z"));
    EXPECT_THAT(text, HasSubstr("`c0ffee1`"));
    EXPECT_THAT(text, HasSubstr("What was shown before the merge"));
    EXPECT_THAT(text, Not(HasSubstr("Comment `kedge plan`")));
    EXPECT_THAT(outcome_comment({}, quiet_preview(), github_frame()), HasSubstr("⏳ Merged: not applied yet"));
}
