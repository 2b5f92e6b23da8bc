// Changes that are held together and released together: those over a limit, all of a unit that lost too much at once,
// and those that only a newer kedge wants. Nobody can say yes to half of such a group.
#pragma once
#include "model/ledger_state.h"
#include "model/plan.h"
#include "plan/make_plan.h"

namespace kedge {

// What groups are judged by: made with the plan, used when it is settled.
GroupRules group_rules(const PlanInput& input);

// Holds what belongs to a group, unless a release names the group's digest; fills Plan::groups and Plan::budget. A plan
// that has them already is left alone.
void hold_groups(Plan& plan, const GroupRules& rules);

// The line for .kedge/releases.
std::string release_line(const ChangeGroup& group);

// Has this very write been done so often in the last day that somebody must be undoing it? Gives how often, else 0.
int repeated(const LedgerState& ledger, const Digest& change, UnixSeconds now);

} // namespace kedge
