// Recognises that a registration has a new name: a create and a delete that belong together.
#pragma once
#include "plan/make_plan.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

// Sets Cause::renamed_from on creates. In this order: the manifest says so (`formerly`); both documents are equal but
// for the name, and no other is; the file that held the old name holds the new one, and nothing else came or went
// there; both have one URL, and no other has it.
void recognise_renames(const PlanInput& input, std::vector<Change>& changes);

} // namespace kedge
