// Releases against changes: which holds a person's yes takes away, and how such a yes is written.
#pragma once
#include "plan/make_plan.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

// Marks what is released and drops its releasable holds. A release of a spent entry, or of a digest that is not
// planned, does nothing; one whose digest is planned under another name is a warning.
void apply_releases(const PlanInput& input, std::vector<Change>& changes, std::vector<Finding>& findings);

// The line for .kedge/releases. `subjects`: how many people would be signed out; nothing: unknown, or not a sign-out.
std::string release_line(const Change& change, std::optional<int> subjects = std::nullopt);

} // namespace kedge
