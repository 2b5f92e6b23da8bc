// A saved plan as text: what was shown, and the digests that may be carried out. No secret is in it, as in no plan.
#pragma once
#include "model/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

std::string plan_file(const std::vector<const Plan*>& plans);

// Throws std::invalid_argument with the reason: cut off, changed by hand, of another format, no saved plan at all.
std::vector<Plan> read_plan_file(std::string_view text);

// Does this text begin as a saved plan does?
bool is_plan_file(std::string_view text);

} // namespace kedge
