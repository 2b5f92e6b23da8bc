// One member's part in the leases: what it holds and until when, what it should take, renew or give back. Values and
// times of its own monotonic clock only; the carrier and the loop are the keeper's.
#pragma once
#include "base/duration.h"
#include "lease/lease_table.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

//             taken               waited             deadline passed, or taken by another
//   elsewhere ------> settling --------> held -------------------------------------------> shut
//       ^                                 | given back, no pass under way                    |
//       +---------------------------------+<-------------------------- no pass under way ----+

constexpr int shard_count = 16;
// Of a control plane: all units of one address have one holder.
int shard_of(const std::string& address);

struct LeaseTimes {
    Milliseconds duration{15000};
    Milliseconds settle{61000}; // after a takeover: what the holder of before began to send has ended by then
    Milliseconds look{400};     // from one look at the table to the next
};

class ShardLeases final {
public:
    ShardLeases(Member me, LeaseTimes times) : me_(std::move(me)), times_(times) {}

    // Only these are of any use: there is a control plane in them.
    void want(std::set<int> shards) { wanted_ = std::move(shards); }
    // What a look has shown that ended at `now`.
    void saw(const LeaseView& view, Milliseconds now);
    // What to write now. `leaving`: everything goes back.
    std::vector<LeaseSwap> due(Milliseconds now, bool leaving);
    // What became of it. The lease counts from when the writing began.
    void wrote(const std::vector<LeaseSwap>& swaps, const std::vector<bool>& done, Milliseconds begun,
               Milliseconds now);

    // A pass begins in a shard, or ends.
    void begin_pass(int shard) { ++mine_[shard].passes; }
    void end_pass(int shard) { --mine_[shard].passes; }

    // A write was given up without an answer: it may arrive until `settle` from now.
    void unanswered(int shard, Milliseconds now);

    // Whether a write may begin at this moment; shuts the shard for the rest of its term where its time is over.
    bool may_write(int shard, Milliseconds now);
    // The shards that passes may begin in.
    std::set<int> open(Milliseconds now);
    // When the next one opens, or runs out, or has to be renewed.
    Milliseconds next(Milliseconds now) const;
    std::string holder(int shard) const; // empty: nobody that we know of
    std::int64_t term(int shard) const;
    bool holds_any() const;

    const Member& me() const { return me_; }
    Member beat();
    // Living members that do not fit, and those that have not moved for long.
    std::vector<Member> strangers() const { return strangers_; }
    std::vector<std::string> gone() const { return gone_; }

private:
    struct Seen { // what the table shows, and since when it has shown it
        LeaseRow row;
        Milliseconds since{0};
        bool vanished = false; // somebody took the row away: its holder may not know yet
    };
    struct Mine {
        std::int64_t term = 0;    // 0: not ours
        Milliseconds renewed{0};  // begin of the last good writing
        Milliseconds deadline{0}; // no write begins from here on
        Milliseconds open_from{0};
        bool shut = false; // until all passes have ended
        int passes = 0;
        Milliseconds arrives_until{0}; // what was given up without an answer
    };
    struct Beat {
        Member member;
        Milliseconds since{0};
    };
    bool is_mine(const Mine& mine) const { return mine.term != 0 && !mine.shut; }
    void lose(Mine& mine);
    void judge_members(const LeaseView& view, Milliseconds now);
    void miss_vanished(const LeaseView& view, Milliseconds now);
    struct Share {
        int ours = 0;
        int least = 0;   // that another one has
        int floor = 0;   // an even part
        int ceiling = 0; // the same, rounded up
        bool is_most() const { return ours - 2 >= least; }
    };
    Share share() const;
    bool is_settled(int shard, std::int64_t term) const;
    bool is_free(int shard, const Share& share, Milliseconds now) const;
    LeaseSwap swap_to(int shard, const std::string& holder, bool new_term) const;

    Member me_;
    LeaseTimes times_;
    std::set<int> wanted_;
    std::map<int, Seen> seen_;
    std::map<int, Mine> mine_;
    // The last term that was ours and whose wait was over: only of this we know that nobody before us has anything in
    // flight.
    std::map<int, std::int64_t> settled_;
    std::set<int> given_;            // by us, and taken by nobody yet
    Milliseconds no_gift_before_{0}; // what we gave was not wanted
    std::map<std::string, Beat> beats_;
    std::vector<std::string> alive_; // with me
    std::vector<Member> strangers_;
    std::vector<std::string> gone_;
};

} // namespace kedge
