// The outbox in a store. One that cannot be used is left as it is and stops nothing: every call fails, and says why.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/outbox.h"

#include <memory>
#include <string>

namespace kedge {

Schema outbox_schema();

class StoredOutbox final : public Outbox {
public:
    // Blocks for some milliseconds.
    explicit StoredOutbox(const StoreEngine& engine);

    Task<OutboxState> load() override;
    Task<std::vector<std::int64_t>> add(std::vector<OutboxMessage> messages, std::string unit, Told told) override;
    Task<void> remove(std::vector<std::int64_t> ids) override;

private:
    void want_database() const;

    std::unique_ptr<Database> database_; // null: cannot be opened
    std::string problem_;
    Worker worker_;
};

} // namespace kedge
