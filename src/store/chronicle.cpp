#include "store/chronicle.h"

namespace kedge {

Task<void> NoChronicle::append(LedgerKey, PassRecord) {
    co_return;
}

Task<std::vector<PassRecord>> NoChronicle::recent(LedgerKey, std::string, int) {
    std::vector<PassRecord> none;
    co_return none;
}

Task<std::vector<PassRecord>> NoChronicle::search(HistoryQuery) {
    std::vector<PassRecord> none;
    co_return none;
}

} // namespace kedge
