// The chronicle in STORE/chronicle.db: the passes of each unit, by age and by number. A file that cannot be used is
// left as it is, and nothing is remembered.
#pragma once
#include "io/worker.h"
#include "store/chronicle.h"
#include "store/database.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace kedge {

struct Retention {
    int days = 400;
    int most_passes = 100'000; // kept of each unit, whatever their age
};

class SqliteChronicle final : public Chronicle {
public:
    // Blocks for some milliseconds; longer once, where an older kedge wrote the file.
    explicit SqliteChronicle(const std::filesystem::path& store, const Retention& retention = {},
                             const SqliteOptions& options = {});

    Task<void> append(LedgerKey key, PassRecord record) override;
    Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) override;
    Task<std::vector<PassRecord>> search(HistoryQuery query) override;
    std::string problem() const override { return problem_; }

private:
    Retention retention_;
    std::optional<Database> database_; // empty: cannot be opened
    std::string problem_;
    std::map<std::string, std::int64_t> passes_; // of each unit, once it was counted; the worker's
    Worker worker_;
};

} // namespace kedge
