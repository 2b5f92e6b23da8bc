#include "view/markdown.h"

#include "view/folds.h"
#include "view/markdown_parts.h"
#include "view/markdown_safe.h"
#include "view/phrases.h"
#include "view/text.h"

#include <algorithm>

namespace kedge {

namespace {

// Comments end at 65,536 characters on the strictest host; the text of several units has to fit beside each other's
// headings.
constexpr std::size_t largest = 60'000;
constexpr std::size_t table_share = 36'000;

std::vector<std::string> names(const Plan& plan, bool (*wanted)(const Change&)) {
    std::vector<std::string> all;
    for (const auto& change : plan.changes) {
        if (wanted(change)) all.push_back(change.name);
    }
    return all;
}

bool is_refused(const Change& change) {
    return change.check.kind == CheckKind::refused;
}
bool is_held(const Change& change) {
    return change.held();
}

bool is_risky(const Change& change) {
    return change.auth_change || change.subjects.value_or(0) > 0 || change.action == Action::remove ||
           change.action == Action::replace;
}
bool is_unchecked(const Change& change) {
    return change.check.kind == CheckKind::not_checked;
}

std::string verdict(const Plan& plan) {
    const int errors = count_errors(plan.findings);
    if (errors > 0) return "### ❌ " + counted(errors, "error", "errors") + " in the manifests";
    const int refused = static_cast<int>(names(plan, is_refused).size());
    if (refused > 0) return "### ❌ The control plane would refuse " + counted(refused, "change", "changes");
    const int held = count_held(plan);
    if (held > 0) return "### ⚠️ Needs a person: " + counted(held, "change is held", "changes are held");
    const int left = count_left_alone(plan);
    if (count_running(plan) == 0)
        return "### ✅ Nothing to do" + within_words(plan) +
               (left > 0 ? "; " + counted(left, "change is", "changes are") + " left alone" : "");
    if (!names(plan, is_risky).empty()) return "### ⚠️ Look closely: " + planned_words(plan);
    const bool unchecked = !names(plan, is_unchecked).empty();
    return "### ✅ Ready: " + planned_words(plan) + (unchecked ? "; not all of it checked by the control plane" : "");
}

std::string where(const Plan& plan) {
    std::string text =
        "Target " + markdown_text(target_words(plan.target)) + "; source " + markdown_text(source_words(plan.revision));
    if (!plan.unit.empty()) text += "; unit " + markdown_text(plan.unit);
    if (!plan.selection.empty()) text += "; only " + markdown_code(plan.selection);
    text += ".";
    if (const auto words = rolled_back_words(plan); !words.empty()) text += " ⚠️ " + markdown_text(words) + ".";
    return text;
}

void risk(std::string& text, const std::string& what, const std::vector<std::string>& who) {
    if (!who.empty()) text += "- " + what + ": " + markdown_codes(who) + "\n";
}

std::string risks(const Plan& plan) {
    std::string text;
    const int most = people_behind_auth(plan);
    risk(text, "**refused** by the control plane", names(plan, is_refused));
    risk(text, "**held**", names(plan, is_held));
    risk(text, "**would delete**", names(plan, [](const Change& c) { return c.action == Action::remove; }));
    risk(text, "**would replace**", names(plan, [](const Change& c) { return c.action == Action::replace; }));
    risk(text, "**changes auth**" + (most > 0 ? " (at least " + people(most) + ")" : std::string()),
         names(plan, [](const Change& c) { return c.auth_change; }));
    return text.empty() ? "" : text + "\n";
}

std::string note_of(const Change& change) {
    std::vector<std::string> parts;
    if (!change.left_alone.empty()) parts.push_back("left alone: " + markdown_text(change.left_alone));
    for (const auto& hold : change.held() ? change.holds : std::vector<Hold>()) {
        parts.push_back("**held**, " + markdown_text(hold_words(hold)) + "<br>" + markdown_code(way_out(hold, change)));
    }
    if (is_refused(change))
        parts.push_back("**refused**" + markdown_text(check_words(change.check).substr(sizeof("refused") - 1)));
    if (is_unchecked(change)) parts.push_back(markdown_text(check_words(change.check)));
    if (parts.empty()) {
        const auto cause = cause_words(change);
        if (!cause.empty()) parts.push_back(markdown_text(cause));
    }
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : "<br>") + part;
    return text;
}

std::string who(const std::string& first, std::size_t size) {
    return markdown_code(first) + (size > 1 ? " " + others(size) : "");
}

std::string row(const std::vector<const Change*>& changes) {
    const auto& change = *changes.front();
    const bool alone = changes.size() == 1;
    const std::string digest = alone && !change.digest.empty() ? "`" + change.digest.short_hex() + "`" : "";
    return "| " + std::string(to_text(change.action)) + " | " + who(change.name, changes.size()) + " | " +
           (alone ? markdown_code(to_text(change.place)) : "") + " | " + digest + " | " + note_of(change) + " |\n";
}

std::string table(const Plan& plan) {
    std::string text = "| | registration | file | digest | |\n|---|---|---|---|---|\n";
    std::size_t left_out = 0;
    bool any = false;
    for (const auto& changes : folded(plan.changes, is_shown)) {
        any = true;
        const auto line = row(changes);
        if (left_out > 0 || text.size() + line.size() > table_share)
            left_out += changes.size();
        else
            text += line;
    }
    if (!any) return "";
    if (left_out > 0) text += "\n" + std::to_string(left_out) + " more changes are not shown here.\n";
    return text + "\n";
}

std::string details(const std::vector<const Change*>& changes) {
    const auto& change = *changes.front();
    std::string text =
        "<details><summary>" + std::string(to_text(change.action)) + " <code>" + html_text(change.name) + "</code>";
    if (changes.size() > 1) text += " " + others(changes.size());
    text += "</summary>\n\n";
    if (changes.size() > 1) {
        std::vector<std::string> shown;
        for (const auto& name : names_of(changes)) shown.push_back(markdown_code(name));
        text += joined(shown) + ".\n\n";
    }
    const auto cause = cause_words(change);
    if (!cause.empty()) text += "Cause: " + markdown_text(cause) + ".\n\n";

    text += "```diff\n";
    for (const auto& difference : change.differences) text += diff_lines(difference, change);
    return text + "```\n\n</details>\n\n";
}

std::string all_details(const Plan& plan, std::size_t room) {
    std::string text;
    int left_out = 0;
    const auto differs = [](const Change& change) { return is_shown(change) && !change.differences.empty(); };
    for (const auto& changes : folded(plan.changes, differs)) {
        const auto part = details(changes);
        if (left_out > 0 || text.size() + part.size() > room)
            left_out += static_cast<int>(changes.size());
        else
            text += part;
    }
    if (left_out > 0)
        text += "The differences of " + counted(left_out, "more change", "more changes") + " did not fit here.\n\n";
    return text;
}

std::string finding_lines(const std::vector<Finding>& findings, std::size_t room) {
    std::string text;
    int left_out = 0;
    for (const auto& f : findings) {
        std::string line = std::string("- **") + (f.severity == Severity::error ? "error" : "warning") + "** ";
        const auto place = to_text(f.place);
        if (!place.empty()) line += markdown_code(place) + " ";
        line += markdown_text(f.message);
        if (!f.hint.empty()) line += "; " + markdown_text(f.hint);
        line += "\n";
        if (left_out > 0 || text.size() + line.size() > room)
            ++left_out;
        else
            text += line;
    }
    if (left_out > 0) text += "- and " + std::to_string(left_out) + " more\n";
    return text.empty() ? "" : text + "\n";
}

std::string result_words(const Outcome& outcome) {
    std::string text(to_text(outcome.result));
    if (outcome.result != Result::done) text = "**" + text + "**";
    if (outcome.forced) text += ", released";
    return text;
}

std::string outcome_row(const std::vector<const Outcome*>& outcomes) {
    const auto& outcome = *outcomes.front();
    const auto cells = "| " + std::string(to_text(outcome.change.action)) + " | " +
                       who(outcome.change.name, outcomes.size()) + " | " + result_words(outcome) + " | ";
    const bool refused = outcome.result == Result::refused && is_refused(outcome.change);
    std::string note = markdown_text(refused ? check_words(outcome.change.check) : outcome.text);
    if (outcome.result != Result::held) return cells + note + " |\n";
    for (const auto& hold : outcome.change.holds) {
        const auto way = markdown_code(way_out(hold, outcome.change));
        if (hold.text != outcome.text) note += (note.empty() ? "" : "<br>") + markdown_text(hold_words(hold));
        note += "<br>" + way;
    }
    return cells + note + " |\n";
}

std::string report_verdict(const Report& report) {
    const auto any = [&](Result result) {
        return std::any_of(report.outcomes.begin(), report.outcomes.end(),
                           [&](const Outcome& o) { return o.result == result; });
    };
    const bool broken = any(Result::failed) || any(Result::refused) || any(Result::unsure) || !report.stopped.empty();
    const std::string mark = broken                                                                  ? "❌"
                             : any(Result::held) || any(Result::blocked) || any(Result::not_started) ? "⚠️"
                                                                                                     : "✅";
    return "### " + mark + " Applied: " + applied_words(report);
}

} // namespace

std::string markdown_plan(const Plan& plan) {
    std::string text =
        verdict(plan) + "\n\n" + risks(plan) + markdown_text(summary_line(plan)) + ".\n\n" + where(plan) + "\n\n";
    text += finding_lines(plan.findings, 10'000);
    text += table(plan);
    std::string end;
    for (const auto& remark : remarks(plan, false)) end += markdown_text(remark) + "\n\n";
    if (!plan.digest.empty()) end += "Plan digest `" + plan.digest.hex() + "`\n";
    const std::size_t used = text.size() + end.size();
    return text + all_details(plan, used < largest ? largest - used : 0) + end;
}

std::string markdown_report(const Report& report) {
    std::string text = report_verdict(report) + "\n\n";
    if (!report.stopped.empty()) text += "Stopped early: " + markdown_text(report.stopped) + ".\n\n";
    text += where(report.plan) + "\n\n" + finding_lines(report.plan.findings, 10'000);
    if (report.outcomes.empty()) return text + markdown_text(count_words(report.plan)) + ".\n";
    text += "| | registration | result | |\n|---|---|---|---|\n";
    int left_out = 0;
    const auto all = [](const Outcome&) { return true; };
    for (const auto& outcomes : folded(report.outcomes, all)) {
        const auto line = outcome_row(outcomes);
        if (left_out > 0 || text.size() + line.size() > largest)
            left_out += static_cast<int>(outcomes.size());
        else
            text += line;
    }
    if (left_out > 0) text += "\n" + counted(left_out, "more outcome is", "more outcomes are") + " not shown here.\n";
    return text;
}

std::string markdown_findings(const std::vector<Finding>& findings) {
    const int errors = count_errors(findings);
    const int warnings = static_cast<int>(findings.size()) - errors;
    if (findings.empty()) return "### ✅ No errors, no warnings\n";
    std::vector<std::string> parts;
    if (errors > 0) parts.push_back(counted(errors, "error", "errors"));
    if (warnings > 0) parts.push_back(counted(warnings, "warning", "warnings"));
    return std::string(errors > 0 ? "### ❌ " : "### ⚠️ ") + joined(parts) + "\n\n" +
           finding_lines(findings, largest);
}

} // namespace kedge
