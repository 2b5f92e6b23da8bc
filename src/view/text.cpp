#include "view/text.h"

#include "view/phrases.h"
#include "view/safe_text.h"
#include "view/text_change.h"

#include <algorithm>
#include <map>

namespace kedge {

namespace {

void header(Sheet& sheet, const Plan& plan) {
    sheet.prose(0, "target: " + target_words(plan.target), Colour::bold, 8);
    sheet.prose(0, "source: " + source_words(plan.revision), Colour::bold, 8);
    if (!plan.unit.empty()) {
        const std::string of = plan.installation.empty() ? "" : " of " + visible(plan.installation);
        sheet.prose(0, "unit: " + visible(plan.unit) + of, Colour::bold, 6);
    }
    sheet.line();
}

void holds(Sheet& sheet, const Change& change) {
    for (const auto& hold : change.holds) {
        if (!hold.group.empty()) {
            sheet.prose(6, "held, " + std::string(to_text(hold.reason)) + ": together with others, see below",
                        Colour::yellow);
            continue;
        }
        sheet.prose(6, "held, " + hold_words(hold), Colour::yellow);
        // Not broken either: it is there to be copied.
        sheet.line("      way out: " + way_out(hold, change));
    }
    if (!change.holds.empty() && !change.digest.empty())
        sheet.prose(6, "digest: " + change.digest.short_hex(), Colour::dim);
    if (!change.released) return;
    const std::string bound = change.at_most > 0 ? ", for at most " + people(change.at_most) : "";
    sheet.prose(6, "released: a sign-out may go ahead" + bound);
}

void block(Sheet& sheet, const Change& change, bool will_happen) {
    const auto verb = verb_of(change.action);
    const std::string would = "would be " + std::string(verb.past);
    if (!change.holds.empty()) {
        sheet.headline("!", change, "is held, " + would, Colour::yellow);
    } else if (!change.left_alone.empty()) {
        sheet.headline("?", change, "is left alone, " + would, Colour::dim);
        sheet.prose(6, visible(change.left_alone), Colour::dim);
    } else if (change.check.kind == CheckKind::refused) {
        sheet.headline("x", change, "is refused, " + would, Colour::red);
    } else {
        sheet.headline(verb.symbol, change, will_happen ? "will be " + std::string(verb.past) : would,
                       colour_of(change.action));
    }
    sheet.cause_and_risk(change);
    sheet.differences(change);
    sheet.check(change);
    holds(sheet, change);
    sheet.line();
}

// What is held together is explained once.
void group(Sheet& sheet, const Plan& plan, const ChangeGroup& group) {
    if (group.released) return;
    for (const auto& change : plan.changes) {
        for (const auto& hold : change.holds) {
            if (hold.group != group.digest) continue;
            sheet.line("  " +
                       sheet.paint()(Colour::yellow, "! held together: " + counted(group.size, "change", "changes")));
            sheet.prose(6, hold_words(hold), Colour::yellow);
            sheet.line("      way out: " + way_out(hold, change));
            sheet.prose(6, "digest: " + group.digest.short_hex(), Colour::dim);
            sheet.line();
            return;
        }
    }
}

// Many registrations that get one new secret are one story.
bool is_shared_rotation(const Change& change) {
    return change.action == Action::rotate && change.runs() && change.cause.sharing > 3 &&
           change.cause.kind == CauseKind::secret_rotated;
}

void shared_rotations(Sheet& sheet, const Plan& plan, bool will_happen) {
    std::map<std::vector<std::string>, std::vector<std::string>> names;
    for (const auto& change : plan.changes) {
        if (is_shared_rotation(change)) names[change.cause.secrets].push_back(change.name);
    }
    for (const auto& [secrets, users] : names) {
        std::vector<std::string> references;
        for (const auto& secret : secrets) references.push_back("${" + visible(secret) + "}");
        sheet.line("  " +
                   sheet.paint()(colour_of(Action::rotate),
                                 "* " + counted(static_cast<int>(users.size()), "registration", "registrations")) +
                   (will_happen ? " will be" : " would be") + " given the new value of " + joined(references));
        sheet.prose(6, some_of(users, 8) + "; the first alone, the others after it went through");
        sheet.line();
    }
}

} // namespace

std::string render_plan(const Plan& plan, const TextStyle& style) {
    Sheet sheet(style);
    header(sheet, plan);
    if (!plan.findings.empty()) {
        sheet.line(render_findings(plan.findings, style));
    }
    const bool any = std::any_of(plan.changes.begin(), plan.changes.end(), is_shown);
    for (const auto& change : plan.changes) {
        if (is_shown(change) && !is_shared_rotation(change)) block(sheet, change, style.may_apply);
    }
    shared_rotations(sheet, plan, style.may_apply);
    for (const auto& one : plan.groups) group(sheet, plan, one);
    if (!any) {
        sheet.prose(0,
                    has_errors(plan.findings) ? "No changes beside the errors above."
                    : plan.counts.secrets_unknown > 0
                        ? "No changes: git and the control plane agree in all that could be compared."
                        : "No changes: git and the control plane agree.",
                    Colour::bold);
        sheet.line();
    }
    const auto notes = remarks(plan, style.may_apply);
    for (const auto& note : notes) sheet.prose(0, note, Colour::dim);
    if (!notes.empty()) sheet.line();
    // Never broken: people and scripts look for these lines.
    sheet.line(style.may_apply ? count_words(plan) : summary_line(plan));
    if (style.may_apply && any) sheet.line(sheet.paint()(Colour::bold, "Plan: " + planned_words(plan) + "."));
    return sheet.take();
}

std::string render_holds(const Plan& plan, const TextStyle& style) {
    Sheet sheet(style);
    if (!plan.unit.empty()) sheet.line(sheet.paint()(Colour::bold, "unit: " + visible(plan.unit)));
    for (const auto& change : plan.changes) {
        if (!change.holds.empty()) block(sheet, change, style.may_apply);
    }
    for (const auto& one : plan.groups) group(sheet, plan, one);
    sheet.line(std::to_string(count_held(plan)) + " held");
    return sheet.take();
}

std::string render_change(const Change& change, const TextStyle& style) {
    Sheet sheet(style);
    block(sheet, change, style.may_apply);
    return sheet.take();
}

std::string summary_line(const Plan& plan) {
    return count_words(plan) + "; nothing was changed";
}

} // namespace kedge
