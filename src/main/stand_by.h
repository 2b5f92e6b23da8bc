// A daemon that shares its store's folder with others: all but one wait until it is free. Probes are answered
// meanwhile, and a signal ends it.
#pragma once
#include "io/clock.h"
#include "io/log.h"
#include "main/settings.h"
#include "store/store_lock.h"

namespace kedge {

// Somebody asked to end before the store was free: no failure.
struct WaitEnded {};

struct StandBy {
    const Settings& settings;
    EventLoop& loop;
    Clock& clock; // one that goes on whatever is asked of others
    Log& log;
};

// Blocks. Throws WaitEnded, Failure where the store cannot be locked at all or the probes' address cannot be had.
StoreLock wait_for_store(const StandBy& parts);

} // namespace kedge
