// A daemon that cannot begin yet: another one holds the store's folder, or its database is away. Probes are answered
// meanwhile, and a signal ends it.
#pragma once
#include "base/failure.h"
#include "io/clock.h"
#include "io/log.h"
#include "main/settings.h"
#include "store/store_lock.h"

#include <functional>
#include <string>

namespace kedge {

// Somebody asked to end before it could begin: no failure.
struct WaitEnded {};

struct StandBy {
    const Settings& settings;
    EventLoop& loop;
    Clock& clock; // one that goes on whatever is asked of others
    Log& log;
};

// Blocks. Throws WaitEnded, Failure where the store cannot be locked at all or the probes' address cannot be had.
StoreLock wait_for_store(const StandBy& parts);

// Nobody has to do anything here: it is there again, or has room again, sooner or later.
bool is_away(const Failure& failure);

// Until `open` succeeds, which is called on another thread; `why` it did not so far. Blocks. Throws WaitEnded, and what
// `open` throws where the database is not just away.
void wait_for_database(const StandBy& parts, const std::string& why, const std::function<void()>& open);

} // namespace kedge
