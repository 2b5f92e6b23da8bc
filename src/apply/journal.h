// The journal of one plan's execution: intents go out in batches, written ahead; outcomes follow in the next batch, or
// by themselves when the oldest has waited 50 ms. An intent without an outcome means: may have been sent.
#pragma once
#include "base/duration.h"
#include "io/clock.h"
#include "store/ledger.h"

#include <vector>

namespace kedge {

class Journal final {
public:
    Journal(Ledger& ledger, LedgerKey key, Clock& clock);

    // Writes the intents (and all outcomes waiting) in one transaction; gives their ids.
    Task<std::vector<std::int64_t>> open(std::vector<Intent> intents);
    // Takes an outcome; writes waiting ones when the oldest is due.
    Task<void> close(IntentOutcome outcome);
    // Writes what waits.
    Task<void> flush();

private:
    Task<std::vector<std::int64_t>> commit(std::vector<Intent> intents);

    Ledger& ledger_;
    LedgerKey key_;
    Clock& clock_;
    std::vector<IntentOutcome> waiting_;
    Milliseconds oldest_{0};
};

} // namespace kedge
