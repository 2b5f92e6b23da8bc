#include "view/html_preview.h"

#include "base/duration.h"
#include "view/html.h"
#include "view/html_change.h"
#include "view/phrases.h"
#include "view/preview_risks.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

using html::code;
using html::text;

constexpr std::size_t most_bytes = 4U << 20; // of the changes and findings of a page
constexpr std::size_t most_unfolded = 3;     // changes
constexpr std::size_t most_named = 20;       // of one risk
constexpr std::size_t most_names = 1000;     // of a list
constexpr int most_title = 160;              // columns
constexpr std::size_t most_excerpt = 200;    // columns
constexpr int refresh_s = 30;                // of a plan that is not known yet

// Adds parts as long as there is room, and counts those for which there was none.
class Body final {
public:
    void always(const std::string& part) { text_ += part; }
    void add(const std::string& part) {
        full_ = full_ || text_.size() + part.size() > most_bytes;
        if (full_)
            ++left_out_;
        else
            text_ += part;
    }
    void end_list(std::string_view one, std::string_view many) {
        if (left_out_ > 0)
            text_ += "<p class=\"note warn\">" + counted(left_out_, one, many) +
                     " more did not fit on this page: the document that is named below has all of them.</p>\n";
        left_out_ = 0;
    }
    std::string& text() { return text_; }

private:
    std::string text_;
    bool full_ = false;
    std::int64_t left_out_ = 0;
};

std::string_view colour_of(PreviewVerdict verdict) {
    if (state_of(verdict) == StatusState::failure) return "bad";
    if (state_of(verdict) == StatusState::pending) return "wait";
    return verdict == PreviewVerdict::held || verdict == PreviewVerdict::risky ? "warn" : "good";
}

std::string paragraph(const std::string& inner) {
    return "<p>" + inner + "</p>\n";
}

std::string items(const std::vector<std::string>& lines) {
    std::string list;
    for (const auto& line : lines) list += "<li>" + line + "</li>\n";
    return list.empty() ? list : "<ul>\n" + list + "</ul>\n";
}

std::string header(const Preview& preview) {
    const auto& pull = preview.pull;
    std::string where = text(pull.repository);
    if (pull.number > 0) where += " #" + std::to_string(pull.number);
    std::string state = pull.state == PullState::merged   ? "merged: this is what was shown before"
                        : pull.state == PullState::closed ? "closed without a merge"
                                                          : "";
    std::string by = pull.author.empty() ? "" : "by " + text(pull.author);
    if (!pull.head_branch.empty() && !pull.base_branch.empty())
        by += (by.empty() ? "" : ", ") + code(pull.head_branch) + " into " + code(pull.base_branch);
    if (!state.empty()) by += (by.empty() ? "" : "; ") + ("<b>" + state + "</b>");
    return "<header>\n<p>kedge preview of " + html::link(where, pull.url) + "</p>\n<h1>" +
           (pull.title.empty() ? where : text(shorten(visible(pull.title), most_title))) + "</h1>\n" + paragraph(by) +
           "</header>\n";
}

std::string named(const PreviewRisk& risk) {
    std::vector<std::string> names;
    for (const auto* change : risk.changes) {
        if (names.size() == most_named) break;
        names.push_back(code(change->name));
        if (risk.kind == RiskKind::held)
            names.back() += " (" + std::string(to_text(change->holds.front().reason)) + ")";
    }
    if (names.size() < risk.changes.size())
        names.push_back(std::to_string(risk.changes.size() - names.size()) + " more");
    return joined(names);
}

std::string risk_line(const Preview& preview, const PreviewRisk& risk) {
    const auto what = "<b>" + risk.what + "</b>";
    if (risk.kind == RiskKind::sign_outs) return what + ": " + named(risk);
    if (risk.kind != RiskKind::limit) return what + " " + std::to_string(risk.changes.size()) + ": " + named(risk);
    std::vector<std::string> over;
    for (const auto& one : risk.over)
        over.push_back(one.words + (preview.units.size() > 1 ? " in " + code(one.unit) : ""));
    return what + ", " + joined(over);
}

std::string release_steps(const Preview& preview) {
    const auto digests = release_digests(preview);
    if (digests.empty())
        return paragraph("<b>Next:</b> what is held ends in another way than by a release; each held change below "
                         "says how.");
    std::string lines;
    for (std::size_t i = 0; i < std::min(digests.size(), most_names); ++i)
        lines += "kedge release " + digests[i] + " because WHY\n";
    return paragraph("<b>Next:</b> whoever may release comments this in the pull request, a line for each change, with "
                     "the reason:") +
           "<pre>" + lines + "</pre>\n" +
           paragraph("A unit that takes releases from git only wants an entry in its <code>.kedge/releases</code> "
                     "instead: each held change below has it.");
}

std::string conflicts(const Preview& preview) {
    std::vector<std::string> lines;
    for (const auto& path : preview.conflicts) {
        if (lines.size() < most_names) lines.push_back(code(path));
    }
    if (lines.size() < preview.conflicts.size())
        lines.push_back(std::to_string(preview.conflicts.size() - lines.size()) + " more");
    return items(lines);
}

std::string verdict(const Preview& preview) {
    const auto of = verdict_of(preview);
    std::string inner = "<h2>" + text(verdict_words(preview)) + "</h2>\n";
    std::vector<std::string> risks;
    for (const auto& risk : risks_of(preview)) risks.push_back(risk_line(preview, risk));
    inner += of == PreviewVerdict::conflict ? conflicts(preview) : items(risks);
    if (of == PreviewVerdict::ready)
        inner += paragraph("Nothing is deleted, no auth or URL changes, nobody is signed out.");
    const auto next = next_words(preview, code);
    if (!next.empty()) inner += paragraph("<b>Next:</b> " + next);
    if (of == PreviewVerdict::held) inner += release_steps(preview);
    return "<section class=\"card verdict " + std::string(colour_of(of)) + "\">\n" + inner + "</section>\n";
}

std::string unit_card(const UnitPreview& unit) {
    const auto head = "<b>" + text(unit.unit) + "</b>";
    if (!unit.plan) {
        const auto why = unit.problem.empty() ? std::string("it has no plan") : text(unit.problem);
        return "<div class=\"card " + std::string(unit.passes ? "wait" : "bad") + "\">" + head + ": " +
               (unit.passes ? "waiting, " : "no plan, ") + why + "</div>\n";
    }
    const auto& plan = *unit.plan;
    const auto target = target_words({"", plan.target.tenant, "", plan.target.base_url, plan.target.scope});
    std::vector<const Change*> shown;
    for (const auto& change : plan.changes) {
        if (is_shown(change)) shown.push_back(&change);
    }
    std::string inner = head + (target.empty() ? "" : " <span class=\"at\">at " + text(target) + "</span>") + "<br>\n" +
                        planned_words(plan);
    if (const auto share = share_words(shown, unit.owned); !share.empty()) inner += "; touches <b>" + share + "</b>";
    if (!shown.empty()) inner += "; " + checked_words(unit);
    inner += "<br>\n<span class=\"faint\">" + text(count_words(plan));
    if (!plan.digest.empty() && !shown.empty()) inner += "<br>\nPlan " + code(plan.digest.hex());
    return "<div class=\"card\">" + inner + "</span></div>\n";
}

// The source line, and a mark below what is meant.
std::string excerpt(const Finding& finding) {
    if (finding.excerpt.empty()) return {};
    std::string source = finding.excerpt;
    std::replace(source.begin(), source.end(), '\t', ' ');
    std::string lines = shorten(visible(source), static_cast<int>(most_excerpt));
    const int caret = display_width(visible_start(source, std::max(finding.place.column - 1, 0)));
    if (finding.place.column > 0 && caret < static_cast<int>(most_excerpt))
        lines += "\n" + std::string(static_cast<std::size_t>(caret), ' ') + "^";
    std::string safe;
    for (std::size_t from = 0; from <= lines.size();) {
        const auto end = std::min(lines.find('\n', from), lines.size());
        safe += (from == 0 ? "" : "\n") + text(lines.substr(from, end - from));
        from = end + 1;
    }
    return "<pre class=\"source\">" + safe + "</pre>";
}

std::string finding_item(const Preview& preview, const UnitPreview& unit, const Finding& finding) {
    const bool error = finding.severity == Severity::error;
    const auto at = html::place(preview, unit, finding.place);
    return "<div class=\"card\"><span class=\"tag " + std::string(error ? "bad" : "warn") + "\">" +
           (error ? "error" : "warning") + "</span> " + at + (at.empty() ? "" : "<br>") + text(finding.message) +
           (finding.hint.empty() ? "" : "; " + text(finding.hint)) + excerpt(finding) + "</div>\n";
}

// Errors first; two units may read one file: what is wrong with it is said once.
void add_findings(const Preview& preview, Body& body) {
    std::vector<std::string> parts;
    std::set<std::string> known;
    for (const auto level : {Severity::error, Severity::warning}) {
        for (const auto& unit : preview.units) {
            for (const auto& finding : unit.plan ? unit.plan->findings : std::vector<Finding>()) {
                if (finding.severity != level) continue;
                auto part = finding_item(preview, unit, finding);
                if (known.insert(part).second) parts.push_back(std::move(part));
            }
        }
    }
    if (parts.empty()) return;
    body.always("<h2>What is wrong in the manifests</h2>\n");
    for (const auto& part : parts) body.add(part);
    body.end_list("finding", "findings");
}

void add_changes(const Preview& preview, Body& body) {
    const bool open = shown_changes(preview).size() <= most_unfolded;
    for (const auto& unit : preview.units) {
        const auto parts = html::change_parts(preview, unit, open);
        if (parts.empty()) continue;
        body.always("<h2>Changes" + (preview.units.size() > 1 ? " of " + text(unit.unit) : std::string()) + "</h2>\n");
        for (const auto& part : parts) body.add(part);
        body.end_list("change", "changes");
    }
}

std::string others_of(const UnitPreview& unit) {
    std::string all;
    if (!unit.moved_files.empty()) {
        const auto moved = static_cast<std::int64_t>(unit.moved_files.size());
        all += html::fold(counted(moved, "manifest moves", "manifests move") + " to another file, unchanged",
                          paragraph(html::codes(unit.moved_files, most_names)));
    }
    if (!unit.plan) return all;
    const auto& plan = *unit.plan;
    if (plan.counts.live_only > 0)
        all += html::fold(counted(plan.counts.live_only, "registration is", "registrations are") +
                              " live but not managed, and left alone",
                          paragraph(html::codes(plan.live_only_names, most_names)));
    std::vector<std::string> said;
    for (const auto& remark : remarks(plan, false)) {
        if (!remark.starts_with("Not in git, left alone")) said.push_back(text(remark));
    }
    return said.empty() ? all : all + html::fold("What else there is to know", items(said));
}

std::string footer(const Preview& preview, const PreviewPageFrame& frame) {
    const auto fact = [](std::string_view name, const std::string& value) {
        return value.empty() ? std::string() : "<dt>" + std::string(name) + "</dt><dd>" + value + "</dd>\n";
    };
    const auto commit = [](const std::string& id) { return id.empty() ? id : code(id); };
    std::string facts = fact("Planned", preview.at == 0 ? "" : format_utc(preview.at)) +
                        fact("Head", commit(preview.pull.head_commit)) +
                        fact("Merged into", commit(preview.base_commit)) + fact("Tree", commit(preview.tree));
    if (!frame.version.empty()) facts += fact("By", "kedge " + text(frame.version));
    if (!frame.document.empty())
        facts += fact("As a document", "<a href=\"" + text(frame.document) + "\">the same as JSON</a>");
    return "<footer>\n<dl>\n" + facts +
           "</dl>\n<p>A change runs only as it is shown here: its digest names the registration, what git says and "
           "what "
           "is live. Secrets are never shown.</p>\n</footer>\n";
}

std::string title_of(const Preview& preview) {
    const auto& pull = preview.pull;
    return (pull.number > 0 ? "#" + std::to_string(pull.number) + " " : std::string()) + verdict_words(preview) +
           " - " + pull.repository;
}

} // namespace

std::string html_preview(const Preview& preview, const PreviewPageFrame& frame) {
    Body body;
    body.always(header(preview) + "<main>\n" + verdict(preview));
    const auto of = verdict_of(preview);
    if (of != PreviewVerdict::conflict && !preview.units.empty()) {
        body.always(preview.units.size() > 1 ? "<h2>By unit</h2>\n" : "");
        for (const auto& unit : preview.units) body.add(unit_card(unit));
        body.end_list("unit", "units");
    }
    add_findings(preview, body);
    add_changes(preview, body);
    std::string others;
    for (const auto& unit : preview.units) others += others_of(unit);
    if (!others.empty()) body.add("<h2>Besides</h2>\n" + others);
    body.end_list("remark", "remarks");
    body.always("</main>\n" + footer(preview, frame));
    html::Page page;
    page.title = title_of(preview);
    page.body = std::move(body.text());
    page.refresh_s = state_of(of) == StatusState::pending ? refresh_s : 0;
    return html::document(page);
}

std::string html_problem(int status, const std::string& title, const std::string& detail) {
    html::Page page;
    page.title = title + " - kedge";
    page.body = "<header><p>kedge</p>\n<h1>" + text(title) + "</h1></header>\n<main><section class=\"card\">" +
                paragraph(text(detail)) + "<p class=\"faint\">Status " + std::to_string(status) +
                "</p></section></main>\n";
    return html::document(page);
}

} // namespace kedge
