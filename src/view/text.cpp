#include "view/text.h"

#include "view/folds.h"
#include "view/phrases.h"
#include "view/safe_text.h"
#include "view/text_change.h"

#include <algorithm>

namespace kedge {

namespace {

void header(Sheet& sheet, const Plan& plan) {
    sheet.prose(0, "target: " + target_words(plan.target), Colour::bold, 8);
    sheet.prose(0, "source: " + source_words(plan.revision), Colour::bold, 8);
    if (!plan.unit.empty()) {
        const std::string of = plan.installation.empty() ? "" : " of " + visible(plan.installation);
        sheet.prose(0, "unit: " + visible(plan.unit) + of, Colour::bold, 6);
    }
    if (!plan.selection.empty()) sheet.prose(0, "only: " + visible(plan.selection), Colour::bold, 6);
    if (const auto words = rolled_back_words(plan); !words.empty()) sheet.prose(0, words, Colour::yellow);
    sheet.line();
}

std::string nothing_planned(const Plan& plan) {
    const auto within = within_words(plan);
    if (has_errors(plan.findings)) return "No changes" + within + " beside the errors above.";
    const std::string all = plan.counts.secrets_unknown > 0 ? " in all that could be compared." : ".";
    return "No changes" + within + ": git and the control plane agree" + (within.empty() ? "" : " there") + all;
}

void holds(Sheet& sheet, const Change& change) {
    if (!change.held()) return;
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
}

void release(Sheet& sheet, const Change& change) {
    if (!change.released || !change.left_alone.empty()) return;
    const std::string bound = change.at_most > 0 ? ", for at most " + people(change.at_most) : "";
    sheet.prose(6, "released: a sign-out may go ahead" + bound);
}

void block(Sheet& sheet, const Change& change, bool will_happen) {
    const auto verb = verb_of(change.action);
    const std::string would = "would be " + std::string(verb.past);
    if (change.held()) {
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
    if (change.held() && !change.digest.empty()) sheet.prose(6, "digest: " + change.digest.short_hex(), Colour::dim);
    release(sheet, change);
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

void fold(Sheet& sheet, const std::vector<const Change*>& changes, bool will_happen) {
    const auto& first = *changes.front();
    const auto value = new_value_words(first);
    const auto names = some_of(names_of(changes), 8);
    if (first.runs()) {
        const auto all = counted(static_cast<int>(changes.size()), "registration", "registrations");
        sheet.line("  " + sheet.paint()(colour_of(Action::rotate), "* " + all) +
                   (will_happen ? " will be" : " would be") + " given " + value);
        sheet.prose(6, names + "; the first alone, the others after it went through");
        return sheet.line();
    }
    const auto who = visible(first.name) + " " + others(changes.size());
    const auto head = first.held() ? sheet.paint()(Colour::yellow, "! " + who) + " are held"
                                   : sheet.paint()(Colour::dim, "? " + who) + " are left alone";
    sheet.line("  " + head + ", would be given " + value);
    if (!first.held()) sheet.prose(6, visible(first.left_alone), Colour::dim);
    sheet.prose(6, names);
    holds(sheet, first);
    sheet.line();
}

template<class Wanted>
void blocks(Sheet& sheet, const Plan& plan, Wanted wanted, bool will_happen) {
    for (const auto& changes : folded(plan.changes, wanted)) {
        if (changes.size() == 1)
            block(sheet, *changes.front(), will_happen);
        else
            fold(sheet, changes, will_happen);
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
    blocks(sheet, plan, is_shown, style.may_apply);
    for (const auto& one : plan.groups) group(sheet, plan, one);
    if (!any) {
        sheet.prose(0, nothing_planned(plan), Colour::bold);
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
    if (const auto words = rolled_back_words(plan); !words.empty()) sheet.prose(0, words, Colour::yellow);
    const auto held = [](const Change& change) { return change.held(); };
    blocks(sheet, plan, held, style.may_apply);
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
