// Deletes: when there are none at all, and what must be true before one runs.
#pragma once
#include "plan/make_plan.h"

#include <string>

namespace kedge {

// Why nothing may be deleted in this pass; empty: prune is on. `input.findings` hold all errors by now.
std::string why_no_prune(const PlanInput& input);

// Declared, but wrong, or read from a file that cannot be read now: stays exactly as it is.
bool is_invalid_now(const PlanInput& input, const Candidate& candidate);

// The delete that ends a replacement: its release, if any, was given for the whole.
Change plan_superseded(const PlanInput& input, const Candidate& candidate);

// The delete of an owned registration that git does not declare, with the holds it has for itself. `since`: first pass
// that saw it undeclared.
Change plan_delete(const PlanInput& input, const Candidate& candidate, UnixSeconds since);

} // namespace kedge
