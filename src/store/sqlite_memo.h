// The memo in STORE/memo.db. A file that is damaged, or of another version, is dropped and made anew; where that cannot
// be done either, nothing is remembered. It never throws for reasons of the disk: losing it only costs time.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/memo.h"

#include <filesystem>
#include <functional>
#include <optional>

namespace kedge {

class SqliteMemo final : public Memo {
public:
    // Blocks for some milliseconds.
    explicit SqliteMemo(const std::filesystem::path& store, const SqliteOptions& options = {});

    Task<MemoState> load(std::string scope) override;
    Task<void> save(std::string scope, MemoBatch batch) override;

private:
    void open();
    void discard();
    // Runs `work` on an open file; once more on a new one where the file proves useless. False: nothing is remembered.
    bool attempt(const std::function<void(Database&)>& work);

    std::filesystem::path file_;
    SqliteOptions options_;
    std::optional<Database> database_; // empty: cannot be opened
    Worker worker_;
};

} // namespace kedge
