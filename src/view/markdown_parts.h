// Pieces that the Markdown of plans, reports and previews shares. For markdown.cpp and its neighbours only.
#pragma once
#include "model/plan.h"

#include <string>
#include <vector>

namespace kedge {

// "`a`, `b` and 7 more".
std::string markdown_codes(const std::vector<std::string>& names);
int count_errors(const std::vector<Finding>& findings);
// Lines of a block fenced with ```diff.
std::string diff_lines(const FieldDifference& difference, const Change& change);

} // namespace kedge
