// What a command ends with, as docs/exit-codes.md says: the first that fits.
#pragma once
#include "model/plan.h"
#include "model/report.h"

#include <vector>

namespace kedge {

enum ExitCode : int {
    exit_ok = 0,
    exit_error = 1,
    exit_pending = 2,
    exit_held = 3,
    exit_refused = 4,
    exit_nothing_fits = 5,
    exit_partial = 6,
    exit_locked = 7,
};

int exit_code_of_plans(const std::vector<const Plan*>& plans, bool detailed);
int exit_code_of_reports(const std::vector<Report>& reports);

} // namespace kedge
