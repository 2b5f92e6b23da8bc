#include "view/preview_words.h"

#include "model/release.h"
#include "view/phrases.h"
#include "view/safe_text.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

// Two units may read one file: what is wrong with it counts once.
struct Errors {
    int all = 0;
    int breaches = 0; // of what authors may say
};

Errors errors_of(const Preview& preview) {
    const auto less = [](const Finding* a, const Finding* b) { return *a < *b; };
    std::set<const Finding*, decltype(less)> known(less);
    Errors errors;
    for (const auto& unit : preview.units) {
        if (!unit.plan) continue;
        for (const auto& finding : unit.plan->findings) {
            if (finding.severity != Severity::error || !known.insert(&finding).second) continue;
            ++errors.all;
            errors.breaches += finding.policy ? 1 : 0;
        }
    }
    return errors;
}

bool is_refused(const Change& change) {
    return change.check.kind == CheckKind::refused && change.left_alone.empty();
}

bool is_risky(const Change& change) {
    return change.left_alone.empty() && (change.action == Action::remove || change.action == Action::replace ||
                                         change.auth_change || changes_url(change) || signs_out(change));
}

template<class Wanted>
int count_changes(const Preview& preview, Wanted wanted) {
    const auto all = shown_changes(preview);
    return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const Change* c) { return wanted(*c); }));
}

template<class Wanted>
const UnitPreview* first_unit(const Preview& preview, Wanted wanted) {
    const auto found = std::find_if(preview.units.begin(), preview.units.end(), wanted);
    return found == preview.units.end() ? nullptr : &*found;
}

const UnitPreview* unit_without_plan(const Preview& preview, bool passes) {
    return first_unit(preview, [passes](const UnitPreview& unit) { return !unit.plan && unit.passes == passes; });
}

bool is_conflict(const Preview& preview) {
    return preview.problem.empty() && (preview.tree.empty() || !preview.conflicts.empty());
}

std::string base_of(const Preview& preview) {
    return preview.pull.base_branch.empty() ? std::string("its base") : visible(preview.pull.base_branch);
}

std::string problem_words(const Preview& preview, bool passes) {
    if (!preview.problem.empty()) return visible(preview.problem);
    const auto* unit = unit_without_plan(preview, passes);
    if (unit == nullptr) return {};
    const auto why = unit->problem.empty() ? std::string("it has no plan") : visible(unit->problem);
    return "unit " + visible(unit->unit) + ": " + why;
}

std::string nothing_words(const Preview& preview) {
    std::string text = "Nothing to do";
    const int left = count_changes(preview, [](const Change& c) { return c.is_left_alone(); });
    if (const int moved = moved_files(preview); moved > 0)
        text += ": " + counted(moved, "manifest only moves", "manifests only move") + " to another file";
    if (left > 0) text += "; " + counted(left, "change is", "changes are") + " left alone";
    return text;
}

} // namespace

PreviewVerdict verdict_of(const Preview& preview) {
    using enum PreviewVerdict;
    if (!preview.problem.empty()) return preview.passes ? away : failed;
    if (is_conflict(preview)) return conflict;
    const auto wrong = errors_of(preview);
    if (wrong.all > wrong.breaches) return errors;
    if (wrong.all > 0) return forbidden;
    if (count_changes(preview, is_refused) > 0) return refused;
    if (unit_without_plan(preview, false) != nullptr) return failed;
    if (unit_without_plan(preview, true) != nullptr) return away;
    if (preview.units.empty()) return unconcerned;
    if (count_changes(preview, [](const Change& c) { return c.held(); }) > 0) return held;
    if (count_changes(preview, is_risky) > 0) return risky;
    return count_changes(preview, [](const Change& c) { return c.runs(); }) > 0 ? ready : nothing;
}

StatusState state_of(PreviewVerdict verdict) {
    switch (verdict) {
    case PreviewVerdict::conflict:
    case PreviewVerdict::failed:
    case PreviewVerdict::errors:
    case PreviewVerdict::forbidden:
    case PreviewVerdict::refused:
        return StatusState::failure;
    case PreviewVerdict::away:
        return StatusState::pending;
    default:
        return StatusState::success;
    }
}

std::string verdict_words(const Preview& preview) {
    const int errors = errors_of(preview).all;
    switch (verdict_of(preview)) {
    case PreviewVerdict::conflict:
        if (preview.conflicts.empty()) return "Does not merge into " + base_of(preview);
        return "Does not merge: " +
               counted(static_cast<int>(preview.conflicts.size()), "file conflicts", "files conflict") + " with " +
               base_of(preview);
    case PreviewVerdict::failed:
        return "No preview: " + problem_words(preview, false);
    case PreviewVerdict::errors:
        return counted(errors, "error", "errors") + " in the manifests";
    case PreviewVerdict::forbidden:
        return "Not allowed here: " + counted(errors, "breach", "breaches") + " of what the settings let authors say";
    case PreviewVerdict::refused:
        return "The control plane would refuse " + counted(count_changes(preview, is_refused), "change", "changes");
    case PreviewVerdict::away:
        return "Waiting: " + problem_words(preview, true);
    case PreviewVerdict::held: {
        const int held = count_changes(preview, [](const Change& c) { return c.held(); });
        return "Needs a person: " + counted(held, "change is held", "changes are held");
    }
    case PreviewVerdict::risky:
        return "Look closely: " + planned_in(preview);
    case PreviewVerdict::ready:
        return "Ready: " + planned_in(preview);
    case PreviewVerdict::unconcerned:
        return "Nothing to do: no unit follows " + base_of(preview);
    case PreviewVerdict::nothing:
        break;
    }
    return nothing_words(preview);
}

std::vector<const Change*> shown_changes(const Preview& preview) {
    std::vector<const Change*> all;
    for (const auto& unit : preview.units) {
        if (!unit.plan) continue;
        for (const auto& change : unit.plan->changes) {
            if (is_shown(change)) all.push_back(&change);
        }
    }
    return all;
}

std::string planned_in(const Preview& preview) {
    Plan all; // of what is counted, and no more
    for (const auto* change : shown_changes(preview)) {
        Change& one = all.changes.emplace_back();
        one.action = change->action;
        one.left_alone = change->left_alone;
        one.check.kind = change->check.kind;
        if (!change->holds.empty()) one.holds.emplace_back();
    }
    return planned_words(all);
}

std::string share_words(const std::vector<const Change*>& changes, int owned) {
    const auto touches = [](const Change* c) {
        const bool foreign = std::any_of(c->holds.begin(), c->holds.end(),
                                         [](const Hold& hold) { return hold.reason == HoldReason::foreign; });
        const bool writes = c->action == Action::update || c->action == Action::rotate ||
                            c->action == Action::replace || c->action == Action::remove;
        return writes && !foreign && c->left_alone.empty();
    };
    const auto touched = std::count_if(changes.begin(), changes.end(), touches);
    if (touched == 0 || owned <= 0) return {};
    return std::to_string(touched) + " of " + counted(owned, "registration", "registrations");
}

std::string share_words(const Preview& preview) {
    int owned = 0;
    for (const auto& unit : preview.units) owned += unit.owned;
    return share_words(shown_changes(preview), owned);
}

int moved_files(const Preview& preview) {
    std::size_t moved = 0;
    for (const auto& unit : preview.units) moved += unit.moved_files.size();
    return static_cast<int>(moved);
}

bool changes_url(const Change& change) {
    if (change.action == Action::create || change.action == Action::remove) return false;
    return std::any_of(change.differences.begin(), change.differences.end(), [](const FieldDifference& d) {
        const bool moves =
            d.kind == DifferenceKind::added || d.kind == DifferenceKind::removed || d.kind == DifferenceKind::changed;
        return moves && (d.path == "url" || d.path.ends_with(".url"));
    });
}

bool signs_out(const Change& change) {
    return change.subjects.value_or(0) > 0 ||
           std::any_of(change.holds.begin(), change.holds.end(),
                       [](const Hold& hold) { return hold.reason == HoldReason::sign_out; });
}

int people_signed_out(const std::vector<const Change*>& changes) {
    int most = 0;
    for (const auto* change : changes) {
        most = std::max(most, change->subjects.value_or(0));
        for (const auto& hold : change->holds) most = std::max(most, hold.subjects.value_or(0));
    }
    return most;
}

std::string checked_words(const UnitPreview& unit) {
    if (!unit.rehearsed) return "not checked by the control plane";
    const bool partly = unit.plan && std::any_of(unit.plan->changes.begin(), unit.plan->changes.end(),
                                                 [](const auto& c) { return c.check.kind == CheckKind::not_checked; });
    return partly ? "partly checked by the control plane" : "checked by the control plane";
}

std::string release_digest(const Hold& hold, const Change& change) {
    if (!hold.group.empty()) return hold.group.short_hex();
    return is_releasable(hold.reason) || hold.reason == HoldReason::review ? change.digest.short_hex() : std::string();
}

std::string path_in_repository(const std::string& folder, const std::string& file) {
    std::string path = folder;
    while (path.ends_with('/')) path.pop_back();
    if (path.empty() || path == "." || file.empty()) return file;
    return path + "/" + file;
}

} // namespace kedge
