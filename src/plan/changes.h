// From one compared candidate to a change without holds: action, digests, differences, cause. Pure.
#pragma once
#include "plan/make_plan.h"

namespace kedge {

// Action::keep: nothing to do, the pair counts as equal (as normalised, where it differs).
Action action_of(const PlanInput& input, const Compared& compared);

// True where both sides are exactly what we last sent and what the server answered to that.
bool is_as_last_sent(const Candidate& candidate);

// x-kedge `adopt` of the manifest names the id of the live row.
bool is_named_for_adoption(const Candidate& candidate);

// The fields that can only be changed by a replacement, of those that differ.
std::vector<std::string> replaced_fields(const PlanInput& input, const Compared& compared);

// What a change digest calls a registration: its name, and the id where that is what tells registrations apart.
std::string identity_of(const Capabilities& can, const std::string& name, const std::string& remote_id);

Change make_change(const PlanInput& input, const Compared& compared, Action action);
Change make_delete(const PlanInput& input, const Candidate& candidate);
// Of an equal pair that is not ours and is not taken without a word, as names are not unique.
Change make_adoption(const PlanInput& input, const Candidate& pair);

// Of an equal pair that is ours: nothing is done, and there is something to say.
Change make_keep(const PlanInput& input, const Candidate& pair);

} // namespace kedge
