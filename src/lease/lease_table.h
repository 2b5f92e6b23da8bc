// Who holds which shard, as all members see it: rows that move by compare and swap only. Carriers: a database, a Lease
// of Kubernetes, a value in memory. No time of any clock stands in it.
#pragma once
#include "base/duration.h"
#include "io/task.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct LeaseRow {
    std::string holder;    // member; empty: nobody, it was given back
    std::int64_t term = 0; // of its holder: rises with each that takes it
    std::int64_t turn = 0; // moves with every write of the row

    bool operator==(const LeaseRow&) const = default;
};

struct Member {
    std::string id;          // of one process, never used again
    std::string version;     // in words
    std::int64_t schema = 0; // what it makes of the database: members of different ones do not work together
    std::int64_t beat = 0;   // moves as long as it lives

    bool operator==(const Member&) const = default;
};

struct LeaseView {
    std::map<int, LeaseRow> shards; // one that was never held has no row
    std::vector<Member> members;    // dead ones may be among them
    // Of the database, or of the member that has just written: for telling people, nobody decides by it.
    std::optional<UnixSeconds> wall{};
};

struct LeaseSwap {
    int shard = 0;
    LeaseRow before;
    LeaseRow after;
};

// All throw Failure; what was to be written may be written then.
class LeaseTable {
public:
    virtual ~LeaseTable() = default;
    // Puts `me` among the members, and shows everything.
    virtual Task<LeaseView> look(Member me) = 0;
    // By row: whether it was as `before`, and is as `after` now.
    virtual Task<std::vector<bool>> swap(std::vector<LeaseSwap> swaps) = 0;
    virtual Task<void> forget(std::vector<std::string> members) = 0;
};

// For tests in virtual time: members share one of these.
class MemoryLeases final : public LeaseTable {
public:
    Task<LeaseView> look(Member me) override;
    Task<std::vector<bool>> swap(std::vector<LeaseSwap> swaps) override;
    Task<void> forget(std::vector<std::string> members) override;

private:
    std::map<int, LeaseRow> shards_;
    std::map<std::string, Member> members_;
};

} // namespace kedge
