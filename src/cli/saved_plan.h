// Plans in files: saved by `plan --out`, shown by `show`, carried out by `apply FILE` as far as they still fit.
#pragma once
#include "model/plan.h"
#include "reconcile/selection.h"

#include <string>
#include <vector>

namespace kedge {

// Both throw Failure(stop): the file cannot be written; it cannot be read, or is none.
void save_plans(const std::string& file, const std::vector<const Plan*>& plans);
std::vector<Plan> load_plans(const std::string& file);

// Is this an existing file that begins as a saved plan does?
bool is_saved_plan(const std::string& file);

struct SavedFit {
    int saved = 0;                  // changes that would have run when it was saved
    int fitting = 0;                // of these, as they are now
    std::vector<std::string> moved; // what became of the others, a line each
    int not_selected = 0;           // changes that would have run, of which this run wants nothing
};
// Takes out of `plan`, made under `selection`, what the file does not hold, by digest.
SavedFit keep_only_saved(Plan& plan, const std::vector<Plan>& saved, const Selection& selection);

} // namespace kedge
