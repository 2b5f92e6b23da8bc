// What a store says is not to be relied on any more: others have written to the control planes since.
#pragma once
#include "store/database.h"

namespace kedge {

// Every unit becomes one that was never written here, and releases by command have to be given again. Pauses, freezes
// and the history stay. Blocks. Throws Failure where nothing was forgotten of the one or the other.
void forget_units(const StoreEngine& engine);

} // namespace kedge
