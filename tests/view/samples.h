// Plans and reports as a customer would meet them, for the golden texts.
#pragma once
#include "model/plan.h"
#include "model/report.h"

namespace kedge {

Plan rich_plan();    // every action, hold, cause, check and kind of difference
Plan first_plan();   // the first ten minutes: no settings, no store, a token that may only read
Plan quiet_plan();   // nothing to do
Plan hostile_plan(); // every text tries to break out
Report rich_report();
std::vector<Finding> many_findings();

} // namespace kedge
