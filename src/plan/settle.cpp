#include "plan/dependents.h"
#include "plan/excerpt.h"
#include "plan/groups.h"
#include "plan/holds.h"
#include "plan/make_plan.h"

#include <algorithm>

namespace kedge {

namespace {

// A difference in a secret field, or one that git may have moved and the control plane hides: its "equal" says nothing
// about these.
bool may_move_a_secret(const Change& change) {
    if (!change.cause.secrets.empty()) return true; // rotated: a dry run never sees the new value
    const bool git_moved = change.cause.kind == CauseKind::git_moved || change.cause.kind == CauseKind::both_moved;
    return std::any_of(change.differences.begin(), change.differences.end(), [&](const FieldDifference& difference) {
        const bool secret = difference.live == hidden_secret || difference.desired == hidden_secret;
        return secret && (difference.kind != DifferenceKind::secret_unknown || git_moved);
    });
}

void take_sign_out(Change& change, const Rehearsal& rehearsal, const SignOutRule& rule, bool stranger) {
    // Nobody holds credentials: there is nobody to sign out. A control plane that asks for a consent to a write means
    // it.
    if (change.action == Action::remove && rehearsal.subjects == 0) return;
    if (!may_sign_out(change, rule, rehearsal.subjects))
        add_hold(change, sign_out_hold(change, rehearsal.subjects, rule, stranger));
}

void take(Change& change, const Rehearsal& rehearsal, const SignOutRule& rule, bool stranger) {
    if (rehearsal.subjects) change.subjects = rehearsal.subjects;
    switch (rehearsal.kind) {
    case Rehearsal::Kind::equal:
    case Rehearsal::Kind::differs:
        change.check = {CheckKind::passed, rehearsal.text, {}};
        break;
    case Rehearsal::Kind::refused:
        change.check = {CheckKind::refused, rehearsal.text, rehearsal.place};
        break;
    case Rehearsal::Kind::not_checked:
        change.check = {CheckKind::not_checked, rehearsal.text, {}};
        break;
    case Rehearsal::Kind::signs_out:
        if (change.action != Action::remove) change.check = {CheckKind::passed, rehearsal.text, {}};
        take_sign_out(change, rehearsal, rule, stranger);
        break;
    }
}

} // namespace

bool is_dropped(const Change& change, const Rehearsal& rehearsal) {
    return rehearsal.kind == Rehearsal::Kind::equal && change.action == Action::update && !may_move_a_secret(change);
}

Plan settle(Plan plan, const std::map<Digest, Rehearsal>& rehearsals, const Links& links, const SignOutRule& sign_out,
            const GroupRules& groups) {
    const auto of = [&](const Change& change) -> const Rehearsal* {
        const auto found = rehearsals.find(change.digest);
        return found == rehearsals.end() ? nullptr : &found->second;
    };
    const auto dropped = std::erase_if(plan.changes, [&](const Change& change) {
        const auto* rehearsal = of(change);
        return rehearsal != nullptr && is_dropped(change, *rehearsal);
    });
    plan.counts.equal += static_cast<int>(dropped);
    plan.counts.normalised += static_cast<int>(dropped);
    const bool stranger = plan.installation.empty() || plan.unit.empty();
    for (auto& change : plan.changes) {
        if (const auto* rehearsal = of(change)) take(change, *rehearsal, sign_out, stranger);
    }
    hold_dependents(plan.changes, links);
    hold_groups(plan, groups);
    hold_dependents(plan.changes, links);
    plan.digest = plan_digest(plan.changes);
    return plan;
}

} // namespace kedge
