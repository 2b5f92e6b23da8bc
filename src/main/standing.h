// What people told kedge by command and the store keeps, for the commands that work without a daemon.
#pragma once
#include "main/wiring.h"

namespace kedge {

// Lets commands read, add and end stoppages; holds what is stopped in the looks to come, and lets through what was
// released. Throws Failure.
void take_up_standing(Runtime& runtime, const Environment& environment);

} // namespace kedge
