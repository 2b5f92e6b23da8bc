// What a control plane offers no request for, or what its target's settings have switched off: such a change is shown
// and never sent.
#pragma once
#include "model/change.h"
#include "model/target.h"

#include <string>

namespace kedge {

// Why a change of this action cannot be sent there, with the switch that would allow it; empty: it can.
std::string why_not_offered(const Capabilities& can, Action action);

} // namespace kedge
