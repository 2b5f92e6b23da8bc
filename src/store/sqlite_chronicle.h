// The chronicle in STORE/chronicle.db: the last passes of each unit. A file that cannot be used is left as it is, and
// nothing is remembered.
#pragma once
#include "io/worker.h"
#include "store/chronicle.h"
#include "store/database.h"

#include <filesystem>
#include <optional>

namespace kedge {

class SqliteChronicle final : public Chronicle {
public:
    // Blocks for some milliseconds. `most_passes`: kept of each unit.
    explicit SqliteChronicle(const std::filesystem::path& store, int most_passes = 2000,
                             const SqliteOptions& options = {});

    Task<void> append(LedgerKey key, PassRecord record) override;
    Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) override;
    std::string problem() const override { return problem_; }

private:
    int most_passes_;
    std::optional<Database> database_; // empty: cannot be opened
    std::string problem_;
    Worker worker_;
};

} // namespace kedge
