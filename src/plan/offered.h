// What a control plane offers no request for, or what its target's settings have switched off: such a change is shown
// and never sent.
#pragma once
#include "model/change.h"
#include "model/target.h"

#include <string>

namespace kedge {

// Why a change of this action cannot be sent there, with the switch that would allow it; empty: it can.
std::string why_not_offered(const Capabilities& can, Action action);
// The same for one change: an update may reach some fields only (Capabilities::updatable). Where it reaches one of
// those that differ it can be sent, and what is left is left alone by the next plan.
std::string why_not_offered(const Capabilities& can, const Change& change);

} // namespace kedge
