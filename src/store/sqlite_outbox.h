// The outbox in STORE/outbox.db. A file that cannot be used is left as it is and stops nothing: every call fails, and
// says why.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/outbox.h"

#include <filesystem>
#include <optional>
#include <string>

namespace kedge {

class SqliteOutbox final : public Outbox {
public:
    // Blocks for some milliseconds.
    explicit SqliteOutbox(const std::filesystem::path& store, const SqliteOptions& options = {});

    Task<OutboxState> load() override;
    Task<std::vector<std::int64_t>> add(std::vector<OutboxMessage> messages, std::string unit, Told told) override;
    Task<void> remove(std::vector<std::int64_t> ids) override;

private:
    void want_file() const;

    std::optional<Database> database_; // empty: cannot be opened
    std::string problem_;
    Worker worker_;
};

} // namespace kedge
