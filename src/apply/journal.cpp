#include "apply/journal.h"

namespace kedge {

namespace {
constexpr Milliseconds longest_wait{50};
}

Journal::Journal(Ledger& ledger, LedgerKey key, Clock& clock) : ledger_(ledger), key_(std::move(key)), clock_(clock) {}

Task<std::vector<std::int64_t>> Journal::commit(std::vector<Intent> intents) {
    LedgerBatch batch;
    batch.intents = std::move(intents);
    batch.outcomes = std::exchange(waiting_, {});
    auto key = key_;
    co_return co_await ledger_.commit(std::move(key), std::move(batch));
}

Task<std::vector<std::int64_t>> Journal::open(std::vector<Intent> intents) {
    return commit(std::move(intents));
}

Task<void> Journal::close(IntentOutcome outcome) {
    if (waiting_.empty()) oldest_ = clock_.monotonic();
    waiting_.push_back(std::move(outcome));
    if (clock_.monotonic() - oldest_ >= longest_wait) co_await flush();
}

Task<void> Journal::flush() {
    if (waiting_.empty()) co_return;
    std::vector<Intent> none;
    co_await commit(std::move(none));
}

} // namespace kedge
