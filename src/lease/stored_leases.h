// The leases as rows of a database that all members share.
#pragma once
#include "io/worker.h"
#include "lease/lease_table.h"
#include "store/database.h"

#include <cstdint>
#include <memory>

namespace kedge {

class StoredLeases final : public LeaseTable {
public:
    // Blocks for some milliseconds. Throws Failure.
    explicit StoredLeases(const StoreEngine& engine);

    Task<LeaseView> look(Member me) override;
    Task<std::vector<bool>> swap(std::vector<LeaseSwap> swaps) override;
    Task<void> forget(std::vector<std::string> members) override;

    // For those who must know before anything else is opened. Blocks. Throws Failure.
    std::vector<Member> members();

private:
    std::unique_ptr<Database> database_;
    std::int64_t beat_ = 0; // that was written last
    Worker worker_;         // the only thread that uses the connection after the constructor
};

// Their tables alone, for whoever only has to be present.
std::unique_ptr<Database> open_leases(const StoreEngine& engine);

} // namespace kedge
