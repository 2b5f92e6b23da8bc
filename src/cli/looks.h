// What several commands do alike: look at every unit, and speak of their plans.
#pragma once
#include "base/json.h"
#include "cli/commands.h"
#include "reconcile/unit.h"

#include <vector>

namespace kedge {

// Plans are large: they are shown where they lie.
using Plans = std::vector<const Plan*>;

Task<std::vector<Look>> look_at_all(Session& session, const Progress& progress);
Plans plans_of(const std::vector<Look>& looks);
// Says so where a part was asked for and no unit has any of it; findings, which may be why, are shown.
bool nothing_fits(const Plans& plans, Terminal& terminal);
// One document as it is, several as an array.
void print_documents(const Json& documents, Terminal& terminal);
void show_plans(const Plans& plans, const Options& options, Terminal& terminal, bool may_apply);

} // namespace kedge
