#include "lease/shard_leases.h"

#include "base/digest.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

constexpr int forgotten_after = 8; // durations without a beat

} // namespace

int shard_of(const std::string& address) {
    return sha256(address).bytes[0] % shard_count;
}

Member ShardLeases::beat() {
    ++me_.beat;
    return me_;
}

void ShardLeases::judge_members(const LeaseView& view, Milliseconds now) {
    std::map<std::string, Beat> beats;
    alive_ = {me_.id};
    strangers_.clear();
    gone_.clear();
    for (const auto& member : view.members) {
        if (member.id == me_.id) continue;
        const auto before = beats_.find(member.id);
        const bool moved = before == beats_.end() || before->second.member != member;
        beats[member.id] = {member, moved ? now : before->second.since};
        const auto silent = now - beats[member.id].since;
        // One that was never seen to move may have died long ago: it counts once it does.
        const bool known_alive = before != beats_.end() && silent < times_.duration && member.beat > 0;
        if (known_alive && member.schema != me_.schema) strangers_.push_back(member);
        if (silent < times_.duration) alive_.push_back(member.id);
        if (silent > times_.duration * forgotten_after) gone_.push_back(member.id);
    }
    beats_ = std::move(beats);
}

void ShardLeases::lose(Mine& mine) {
    if (mine.term == 0) return;
    mine.shut = true;
    if (mine.passes == 0) mine = Mine{};
}

void ShardLeases::saw(const LeaseView& view, Milliseconds now) {
    judge_members(view, now);
    for (const auto& [shard, row] : view.shards) {
        auto& seen = seen_[shard];
        if (seen.row != row) seen = {row, now};
        if (!row.holder.empty()) given_.erase(shard);
        auto& mine = mine_[shard];
        // Somebody took it, or the table was brought back from a copy.
        if (mine.term != 0 && (row.holder != me_.id || row.term != mine.term)) lose(mine);
    }
    for (const auto shard : wanted_) seen_.try_emplace(shard, Seen{LeaseRow{}, now}); // nobody has ever had it
    miss_vanished(view, now);
}

// A row that was deleted is nobody's, and is waited for like that of a holder who died: who held it sees that it is
// gone only with its next look.
void ShardLeases::miss_vanished(const LeaseView& view, Milliseconds now) {
    for (auto& [shard, seen] : seen_) {
        if (view.shards.contains(shard) || seen.row == LeaseRow{}) continue;
        seen = {LeaseRow{}, now, true};
        settled_.erase(shard);
        lose(mine_[shard]);
    }
}

ShardLeases::Share ShardLeases::share() const {
    std::map<std::string, int> held;
    for (const auto& id : alive_) held[id] = 0;
    for (const auto shard : wanted_) {
        const auto member = held.find(holder(shard));
        if (member != held.end()) ++member->second;
    }
    Share share;
    share.least = shard_count;
    for (const auto& [id, count] : held) {
        if (id == me_.id)
            share.ours = count;
        else
            share.least = std::min(share.least, count);
    }
    const auto all = static_cast<int>(wanted_.size());
    const auto members = static_cast<int>(std::max<std::size_t>(held.size(), 1));
    share.floor = all / members;
    share.ceiling = (all + members - 1) / members;
    return share;
}

// Whether we should take it: it ran out, or it is nobody's and our share leaves room for it. What was given back and is
// still nobody's a look later is anybody's: those who have room may have just died.
bool ShardLeases::is_free(int shard, const Share& share, Milliseconds now) const {
    const bool room = share.ours < share.floor || (share.ours < share.ceiling && share.ours <= share.least);
    const auto seen = seen_.find(shard);
    if (seen == seen_.end()) return false;
    const auto& row = seen->second;
    const bool given_back = row.row.holder.empty() && !row.vanished;
    // Who gave it has not done so to have it back.
    const auto looks = given_.contains(shard) ? 3 : 1;
    const auto patience = given_back ? std::min(times_.look * looks, times_.duration) : times_.duration;
    return now - row.since >= patience || (given_back && room);
}

LeaseSwap ShardLeases::swap_to(int shard, const std::string& holder, bool new_term) const {
    LeaseSwap swap;
    swap.shard = shard;
    if (const auto seen = seen_.find(shard); seen != seen_.end()) swap.before = seen->second.row;
    swap.after = {holder, swap.before.term + (new_term ? 1 : 0), swap.before.turn + 1};
    return swap;
}

void ShardLeases::unanswered(int shard, Milliseconds now) {
    mine_[shard].arrives_until = now + times_.settle;
    settled_.erase(shard);
}

std::vector<LeaseSwap> ShardLeases::due(Milliseconds now, bool leaving) {
    std::vector<LeaseSwap> swaps;
    auto part = share();
    bool gives = false;
    for (int shard = 0; shard < shard_count; ++shard) {
        auto& mine = mine_[shard];
        if (is_mine(mine) && now >= mine.deadline) lose(mine);
        if (is_mine(mine) && now >= std::max(mine.open_from, mine.arrives_until)) settled_[shard] = mine.term;
        const bool idle = mine.passes == 0;
        const bool wanted = wanted_.contains(shard) && !leaving;
        if (holder(shard) == me_.id) {
            const bool surplus = !gives && given_.empty() && now >= no_gift_before_ && part.is_most();
            if (idle && (!wanted || surplus) && is_settled(shard, term(shard))) {
                gives = gives || wanted;
                --part.ours;
                if (wanted) given_.insert(shard);
                lose(mine); // no pass may begin while this is on its way
                swaps.push_back(swap_to(shard, {}, false));
            } else if (is_mine(mine)) {
                // Who leaves lets run out what cannot be given back.
                const bool renews = !leaving || !idle;
                if (renews && now - mine.renewed >= times_.duration / 3) swaps.push_back(swap_to(shard, me_.id, false));
            } else if (idle && wanted) { // its time was over, and nobody has taken it meanwhile
                swaps.push_back(swap_to(shard, me_.id, true));
            }
        } else if (wanted && idle && is_free(shard, part, now)) {
            // More than our share: there is somebody alive who does not take his.
            const auto seen = seen_.find(shard);
            const bool given_back = seen != seen_.end() && seen->second.row.holder.empty();
            if (given_back && part.ours >= part.ceiling) no_gift_before_ = now + times_.duration;
            ++part.ours;
            swaps.push_back(swap_to(shard, me_.id, true));
        }
    }
    return swaps;
}

void ShardLeases::wrote(const std::vector<LeaseSwap>& swaps, const std::vector<bool>& done, Milliseconds begun,
                        Milliseconds now) {
    for (std::size_t i = 0; i < swaps.size() && i < done.size(); ++i) {
        const auto& [shard, before, after] = swaps[i];
        auto& mine = mine_[shard];
        const auto seen = seen_.find(shard);
        const bool vanished = seen != seen_.end() && seen->second.vanished;
        if (!done[i]) {
            if (before.holder == me_.id) lose(mine);
            continue;
        }
        seen_[shard] = {after, now};
        if (after.holder.empty()) {
            lose(mine);
        } else if (after.term == before.term) {
            // A renewal that came after its time: somebody may have asked may_write in between, or should have.
            if (mine.shut || now >= mine.deadline) {
                lose(mine);
                continue;
            }
            mine.renewed = begun;
            mine.deadline = begun + times_.duration;
        } else {
            // Given back, never held, or ours until now: nobody can have anything in flight.
            const bool was_ours = before.holder == me_.id && is_settled(shard, before.term);
            const bool of_another = vanished || (!before.holder.empty() && !was_ours);
            mine = Mine{};
            mine.term = after.term;
            mine.renewed = begun;
            mine.deadline = begun + times_.duration;
            mine.open_from = of_another ? now + times_.settle : now;
            if (!of_another) settled_[shard] = after.term;
        }
    }
}

bool ShardLeases::is_settled(int shard, std::int64_t term) const {
    const auto found = settled_.find(shard);
    return found != settled_.end() && found->second == term;
}

bool ShardLeases::may_write(int shard, Milliseconds now) {
    auto& mine = mine_[shard];
    if (!is_mine(mine) || now < mine.open_from) return false;
    if (now < mine.deadline) return true;
    mine.shut = true;
    return false;
}

std::set<int> ShardLeases::open(Milliseconds now) {
    std::set<int> shards;
    for (const auto shard : wanted_) {
        if (may_write(shard, now)) shards.insert(shard);
    }
    return shards;
}

Milliseconds ShardLeases::next(Milliseconds now) const {
    auto next = now + std::min(times_.look, times_.duration / 6);
    for (const auto& [shard, mine] : mine_) {
        if (is_mine(mine) && mine.open_from > now) next = std::min(next, mine.open_from);
    }
    return next;
}

std::string ShardLeases::holder(int shard) const {
    const auto seen = seen_.find(shard);
    return seen == seen_.end() ? std::string() : seen->second.row.holder;
}

std::int64_t ShardLeases::term(int shard) const {
    const auto seen = seen_.find(shard);
    return seen == seen_.end() ? 0 : seen->second.row.term;
}

bool ShardLeases::holds_any() const {
    return std::any_of(mine_.begin(), mine_.end(), [](const auto& one) { return one.second.term != 0; }) ||
           std::any_of(seen_.begin(), seen_.end(), [this](const auto& one) { return one.second.row.holder == me_.id; });
}

} // namespace kedge
