// Which changes wait because nobody saw them in a pull request: changes that git brings, whose digest was not
// previewed.
#pragma once
#include "plan/make_plan.h"

#include <vector>

namespace kedge {

// Is this change git's, so that a pull request could have shown it? A heal follows `drift`, a new secret
// `on_unknown_secret`; what only a newer kedge wants, and the second step of a replacement, have rules of their own.
bool wants_review(const Change& change);

// Adds a hold `review` to what the unit wants to have seen and nobody saw; its text says what moved since, where that
// can be known. Before releases are applied: one of them takes it away.
void hold_unreviewed(const PlanInput& input, std::vector<Change>& changes);

} // namespace kedge
