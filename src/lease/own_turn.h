// A store that only one member has, beside a Lease that others hold as well: whether it has missed what they wrote.
#pragma once
#include "lease/lease_table.h"
#include "store/database.h"

#include <cstdint>
#include <string>

namespace kedge {

// A Lease that a member is about to take with the next term.
struct LeaseTaking {
    std::string lease; // its uid
    LeaseRow before;
    std::string by; // the member
};

// Before it is asked for: whether it was given may never be told, and the next attempt, of this process or of one after
// it, finds a holder whose name says nothing. Blocks. Throws Failure: then it is not to be asked for.
void prepare_turn(const StoreEngine& engine, const LeaseTaking& taking);

// A member has taken the Lease of this uid for this term. True: others had it since the last turn of this store, so
// what it knew is forgotten (store/forget_store.h). A store that never saw a turn is believed. Blocks. Throws Failure:
// then it is asked again.
bool begin_turn(const StoreEngine& engine, const std::string& lease, std::int64_t term);

} // namespace kedge
