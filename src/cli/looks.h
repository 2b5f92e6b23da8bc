// What several commands do alike: look at every unit, and speak of their plans.
#pragma once
#include "cli/commands.h"
#include "reconcile/unit.h"

#include <vector>

namespace kedge {

// Plans are large: they are shown where they lie.
using Plans = std::vector<const Plan*>;

Task<std::vector<Look>> look_at_all(Session& session, const Progress& progress);
Plans plans_of(const std::vector<Look>& looks);
void show_plans(const Plans& plans, const Options& options, Terminal& terminal, bool may_apply);

} // namespace kedge
