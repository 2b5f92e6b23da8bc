// A unit's last look in the words that doors show: how it is, and each of its registrations.
#pragma once
#include "model/report.h"
#include "model/unit_status.h"
#include "reconcile/unit.h"

#include <string>
#include <vector>

namespace kedge {

// What does not change from pass to pass: names, target, reactions.
UnitStatus status_of(const Unit& unit);
// What a pass found out.
void show_report(UnitStatus& status, const Report& report);
// Entries of releases that a write of this pass has used up, in hex. Not those of which nobody knows whether they
// arrived: where they did not, they are good again.
std::vector<std::string> spent_releases(const Report& report);
// Likewise of writes before this look, as the ledger knows them.
std::vector<std::string> spent_before(const Look& look);
// Sorted by name: everything that is in git, planned, or waits for something.
std::vector<ResourceStatus> resources_of(const Unit& unit, const Report& report);

} // namespace kedge
