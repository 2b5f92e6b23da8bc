// A store that only one member has, beside a Lease that others hold as well: whether it has missed what they wrote.
#pragma once
#include "store/database.h"

#include <cstdint>
#include <string>

namespace kedge {

// A member has taken the Lease of this uid for this term. True: others had it since the last turn of this store, so
// what it knew is forgotten (store/forget_store.h). A store that never saw a turn is believed. Blocks. Throws Failure:
// then it is asked again.
bool begin_turn(const StoreEngine& engine, const std::string& lease, std::int64_t term);

} // namespace kedge
