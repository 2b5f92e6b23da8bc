// Pairs with nothing to do: what they count as, which of them are ours from now on, and what the ledger should note of
// owned ones.
#pragma once
#include "plan/make_plan.h"

#include <optional>

namespace kedge {

// Counts the pair as equal (adopted, with an unknown secret), or as live only where another installation keeps it.
void take_equal(const PlanInput& input, const Candidate& pair, bool secret_unknown, Planned& planned);

// What the ledger should say of a declared pair from now on; nothing where it says so already.
std::optional<OwnedEntry> declared_entry(const PlanInput& input, const Candidate& pair);

// An owned registration that git does not declare; `undeclared` is set to now where this is the first pass that sees it
// so.
OwnedEntry undeclared_entry(const PlanInput& input, const Candidate& live_only);

} // namespace kedge
