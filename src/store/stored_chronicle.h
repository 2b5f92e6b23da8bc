// The chronicle in a store: the passes of each unit, by age and by number. One that cannot be used is left as it is,
// and nothing is remembered.
#pragma once
#include "io/worker.h"
#include "store/chronicle.h"
#include "store/database.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace kedge {

struct Retention {
    int days = 400;
    int most_passes = 100'000; // kept of each unit, whatever their age
};

class StoredChronicle final : public Chronicle {
public:
    // Blocks for some milliseconds; longer once, where an older kedge made it.
    explicit StoredChronicle(const StoreEngine& engine, const Retention& retention = {});

    Task<void> append(LedgerKey key, PassRecord record) override;
    Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) override;
    Task<std::vector<PassRecord>> search(HistoryQuery query) override;
    std::string problem() const override { return problem_; }

private:
    Retention retention_;
    std::unique_ptr<Database> database_; // null: cannot be opened
    std::string problem_;
    std::map<std::string, std::int64_t> passes_; // of each unit, once it was counted; the worker's
    Worker worker_;
};

} // namespace kedge
