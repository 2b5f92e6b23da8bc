// The page of a preview: open the golden files in a browser.
#include "view/html_preview.h"

#include "golden.h"
#include "preview_samples.h"
#include "samples.h"
#include "view/html.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <set>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string page_of(const Preview& preview) {
    return html_preview(preview, {"../12?repository=acme%2Fplatform", "1.2.3"});
}

// All tags in their order, without what stands in attributes.
std::vector<std::string> tags_of(const std::string& page) {
    std::vector<std::string> tags;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at)) {
        std::string tag;
        bool quoted = false;
        for (; at < page.size() && (quoted || page[at] != '>'); ++at) {
            if (page[at] == '"') quoted = !quoted;
            if (!quoted) tag += page[at];
        }
        tags.push_back(tag + ">");
        if (tag == "<style") at = page.find("</style>", at);
    }
    return tags;
}

std::string unbalanced(const std::vector<std::string>& tags) {
    static const std::set<std::string> alone{"!DOCTYPE", "meta", "br"};
    std::vector<std::string> open;
    for (const auto& tag : tags) {
        const auto name = tag.substr(1, tag.find_first_of(" >") - 1);
        if (alone.contains(name)) continue;
        if (!name.starts_with('/'))
            open.push_back(name);
        else if (open.empty() || "/" + open.back() != name)
            return tag;
        else
            open.pop_back();
    }
    return open.empty() ? "" : open.back();
}

// Every text that somebody else than kedge writes is this one.
Preview spoken_by(const std::string& foreign) {
    auto preview = held_preview();
    preview.units.front().plan->findings.push_back(many_findings()[1]);
    for (auto* text : {&preview.pull.repository, &preview.pull.title, &preview.pull.author, &preview.pull.base_branch,
                       &preview.pull.head_branch})
        *text = foreign;
    for (auto& unit : preview.units) {
        unit.moved_files = {foreign};
        unit.plan->live_only_names = {foreign};
        unit.plan->prune_off = foreign;
        for (auto& finding : unit.plan->findings) {
            finding.message = finding.hint = finding.place.file = foreign;
            finding.excerpt = "x" + foreign;
        }
        for (auto& change : unit.plan->changes) {
            change.name = change.type = change.place.file = change.check.text = foreign;
            for (auto& difference : change.differences)
                difference.path = difference.live = difference.desired = foreign;
            for (auto& hold : change.holds) hold.text = foreign;
        }
    }
    return preview;
}

} // namespace

TEST(golden_page, every_risk_at_once) {
    expect_golden("preview.html", page_of(rich_preview()));
}
TEST(golden_page, changes_that_wait_for_a_person) {
    expect_golden("preview_held.html", page_of(held_preview()));
}
TEST(golden_page, nothing_that_a_person_has_to_fear) {
    expect_golden("preview_ready.html", page_of(ready_preview()));
}
TEST(golden_page, a_control_plane_that_is_away) {
    expect_golden("preview_away.html", page_of(away_preview()));
}
TEST(golden_page, hostile_text) {
    expect_golden("preview_hostile.html", page_of(hostile_preview()));
}
TEST(golden_page, a_link_that_leads_nowhere) {
    expect_golden("problem.html", html_problem(404, "Not Found", "there is no <such> pull request"));
}

TEST(html_preview, says_verdict_and_risks_before_anything_else) {
    const auto page = page_of(rich_preview());
    const auto top = page.substr(0, page.find("By unit"));
    for (const char* words : {"1 error in the manifests", "<b>Deletes</b> 2", "<b>Signs out at least 41 people</b>",
                              "<b>Over the limit</b>, deletes: 15 planned, 12 allowed now in <code>tools</code>",
                              "<code>slack</code> (sign-out)", "<b>Next:</b>"})
        EXPECT_THAT(top, HasSubstr(words));
}

TEST(html_preview, shows_all_that_the_comment_shows) {
    const auto preview = held_preview();
    const auto page = page_of(preview);
    const auto& plan = *preview.units.front().plan;
    for (const auto& change : plan.changes) {
        const bool shown = change.action != Action::keep || !change.holds.empty();
        EXPECT_EQ(page.find(change.digest.hex()) != std::string::npos, shown) << change.name;
    }
    EXPECT_THAT(page, HasSubstr("<a href=\"https://github.com/acme/platform/blob/"
                                "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432/registry/tools/mcp/github.yaml#L3\""));
    EXPECT_THAT(page, HasSubstr("this entry in <code>registry/tools/.kedge/releases</code>:<pre>- {digest: &quot;"));
    EXPECT_THAT(page, HasSubstr("<span class=\"sign\">+</span>(secret)"));
    EXPECT_THAT(page, HasSubstr(plan.digest.hex()));
    EXPECT_THAT(page, HasSubstr("2027-01-15T08:00:00Z"));
}

TEST(html_preview, loads_and_runs_nothing) {
    EXPECT_THAT(html::content_policy(), HasSubstr("default-src 'none'; style-src 'sha256-"));
    for (const auto& preview : {rich_preview(), hostile_preview(), away_preview(), quiet_preview()}) {
        const auto tags = tags_of(page_of(preview));
        for (const auto& tag : tags) {
            for (const char* active :
                 {"<script", "<img", "<iframe", "<link", "<form", "<input", "<object", "<svg", " on", "src=", "style="})
                EXPECT_EQ(tag.find(active), std::string::npos) << tag;
        }
        EXPECT_EQ(unbalanced(tags), "");
    }
}

TEST(html_preview, comes_again_by_itself_only_while_the_plan_is_not_known) {
    EXPECT_THAT(page_of(away_preview()), HasSubstr("http-equiv=\"refresh\""));
    EXPECT_THAT(page_of(rich_preview()), Not(HasSubstr("http-equiv=\"refresh\"")));
}

TEST(html_preview, hostile_text_is_seen_and_not_obeyed) {
    const auto page = page_of(hostile_preview());
    EXPECT_THAT(page, Not(HasSubstr("<!--")));
    EXPECT_THAT(page, Not(HasSubstr("\x1b")));
    EXPECT_THAT(page, Not(HasSubstr("\u202e")));
    EXPECT_THAT(page, HasSubstr("&lt;!-- kedge preview prod --&gt;"));
    auto pull = rich_preview();
    pull.pull.url = "javascript:alert(1)";
    EXPECT_THAT(page_of(pull), Not(HasSubstr("javascript")));
    pull.pull.url = "https://evil.example/\"onclick=\"alert(1)/pull/12";
    EXPECT_THAT(page_of(pull), Not(HasSubstr("\"onclick")));
}

TEST(html_preview, no_text_changes_what_the_page_is_made_of) {
    const auto plain = tags_of(page_of(spoken_by("plain")));
    EXPECT_EQ(unbalanced(plain), "");
    for (const std::string evil : {"</pre><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x",
                                   "</style><style>", "<!--", "]]>", "&#60;script&#62;", "{path}", "{line}"})
        EXPECT_EQ(tags_of(page_of(spoken_by(evil))), plain) << evil;
    rc::check([&](const std::string& foreign) { RC_ASSERT(tags_of(page_of(spoken_by("x" + foreign))) == plain); });
}

TEST(html_preview, is_bounded_and_says_what_is_missing) {
    auto preview = held_preview();
    auto& plan = *preview.units.front().plan;
    const auto change = plan.changes[1];
    for (int i = 0; i < 20'000; ++i) plan.changes.push_back(change);
    const auto page = page_of(preview);
    EXPECT_LT(page.size(), 5U << 20);
    EXPECT_THAT(page, HasSubstr(" changes more did not fit on this page"));
    EXPECT_THAT(page, HasSubstr("the same as JSON"));
    EXPECT_EQ(unbalanced(tags_of(page)), "");
}
