// What the hold of one change means for others: virtual servers and their sources, renames.
#pragma once
#include "plan/make_plan.h"

#include <vector>

namespace kedge {

// Holds
// - a virtual server whose source would have to be created first, and is not;
// - the delete of a source that a virtual server goes on naming (unless that delete is released);
// - the delete of a former name while its successor is not created.
// A hold can bring about others: this goes on until nothing moves. `changes` in their order of execution.
void hold_dependents(std::vector<Change>& changes, const Links& links);

Links links_of(const PlanInput& input);

// Holds each virtual server that combines what is neither in git (as a valid manifest) nor live.
void hold_for_missing_sources(const PlanInput& input, std::vector<Change>& changes);

} // namespace kedge
