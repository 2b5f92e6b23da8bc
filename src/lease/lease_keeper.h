// Keeps a member's leases: looks at the table, takes, renews and gives back, and answers at any moment whether a write
// may begin. Decides nothing itself (ShardLeases), and tells what opened and what was lost.
#pragma once
#include "io/clock.h"
#include "io/log.h"
#include "lease/shard_leases.h"

#include <functional>
#include <set>
#include <string>

namespace kedge {

struct KeeperParts {
    LeaseTable& table;
    Clock& clock; // one that goes on while kedge ends
    Log& log;
};

struct KeeperCalls {
    std::function<void(int shard)> opened;
    std::function<void(int shard)> lost; // a pass under way has to end
    // Who holds what is not ours, or why that is not known, is not what it was.
    std::function<void()> moved;
    // Members of another version are at work on the same database.
    std::function<void(const Member& stranger)> stranger;
};

class LeaseKeeper final {
public:
    LeaseKeeper(KeeperParts parts, Member me, LeaseTimes times, KeeperCalls calls);

    void want(std::set<int> shards);
    // Until leave() was called and everything is given back, or its time is over.
    Task<void> run();
    // What no pass is under way in goes back at once, the rest when its pass ends.
    void leave();

    // Right before a write. Why not; empty: it may begin.
    std::string forbids(int shard);
    bool is_open(int shard) { return leases_.may_write(shard, parts_.clock.monotonic()); }
    // A write was given up, and may still arrive: the shard is not given back before it cannot any more.
    void unanswered(int shard) { leases_.unanswered(shard, parts_.clock.monotonic()); }
    void begin_pass(int shard) { leases_.begin_pass(shard); }
    void end_pass(int shard);

    const std::string& id() const { return leases_.me().id; }
    std::string holder(int shard) const { return leases_.holder(shard); }
    std::int64_t term(int shard) const { return leases_.term(shard); }
    const std::set<int>& open() const { return open_; }
    // Why the table cannot be reached; empty: it can.
    const std::string& problem() const { return problem_; }
    // How far the wall clock is from that of the others, in words; empty: not far. Leases do not depend on it; what is
    // measured by the wall (ends of pauses, the hourly budget, the history) does.
    const std::string& skew() const { return skew_; }
    std::uint64_t refused() const { return refused_; } // writes that were not begun

private:
    Task<void> round();
    void tell();
    void tell_who_holds();
    void judge_clock(const LeaseView& view);

    KeeperParts parts_;
    KeeperCalls calls_;
    ShardLeases leases_;
    LeaseTimes times_;
    Waker waker_;
    std::set<int> open_;  // that others were told of
    std::string holders_; // that others were told of
    std::string problem_;
    std::string skew_;
    Milliseconds beaten_{-1};
    Milliseconds left_at_{0};
    bool leaving_ = false;
    std::uint64_t refused_ = 0;
};

} // namespace kedge
