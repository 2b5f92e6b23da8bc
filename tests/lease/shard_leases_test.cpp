// What several members promise each other, in virtual time: whatever is killed, frozen or cut off, nobody writes to a
// shard beside another, and nothing is left alone for long.
#include "lease/shard_leases.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <random>

using namespace kedge;

namespace {

const LeaseTimes times{Milliseconds(3000), Milliseconds(1000), Milliseconds(300)};

std::set<int> all_shards() {
    std::set<int> shards;
    for (int i = 0; i < shard_count; ++i) shards.insert(i);
    return shards;
}

Member member(const std::string& id, std::int64_t schema = 1) {
    return {id, "kedge 1", schema, 0};
}

// One table; every member talks to it in one step unless it is cut off.
struct World {
    std::map<int, LeaseRow> rows;
    std::map<std::string, Member> members;

    LeaseView look(const Member& me) {
        members[me.id] = me;
        LeaseView view;
        view.shards = rows;
        for (const auto& [id, one] : members) view.members.push_back(one);
        return view;
    }
    std::vector<bool> swap(const std::vector<LeaseSwap>& swaps) {
        std::vector<bool> done;
        for (const auto& one : swaps) {
            auto& row = rows[one.shard];
            done.push_back(row == one.before);
            if (done.back()) row = one.after;
        }
        return done;
    }
};

// One round of a member, as the keeper does it.
void round(World& world, ShardLeases& leases, Milliseconds now, bool leaving = false) {
    leases.saw(world.look(leases.beat()), now);
    const auto swaps = leases.due(now, leaving);
    leases.wrote(swaps, world.swap(swaps), now, now);
}

struct Pair {
    World world;
    ShardLeases one{member("one"), times};
    ShardLeases two{member("two"), times};
    Pair() {
        one.want(all_shards());
        two.want(all_shards());
    }
    void both(Milliseconds from, Milliseconds to) {
        for (auto now = from; now <= to; now += Milliseconds(300)) {
            round(world, one, now);
            round(world, two, now);
        }
    }
};

} // namespace

TEST(shard_leases, one_member_takes_everything_at_once_and_keeps_it) {
    World world;
    ShardLeases one(member("one"), times);
    one.want(all_shards());
    EXPECT_FALSE(one.may_write(3, Milliseconds(0)));
    for (Milliseconds now(0); now < Milliseconds(20000); now += Milliseconds(300)) {
        round(world, one, now);
        EXPECT_EQ(one.open(now).size(), 16U) << now.count();
    }
    EXPECT_EQ(world.rows.at(3).term, 1) << "renewed, not taken again";
}

TEST(shard_leases, members_share_evenly_also_those_that_come_later) {
    Pair pair;
    for (Milliseconds now(0); now < Milliseconds(1000); now += Milliseconds(300)) round(pair.world, pair.one, now);
    EXPECT_EQ(pair.one.open(Milliseconds(1000)).size(), 16U);
    pair.both(Milliseconds(1000), Milliseconds(9000));
    EXPECT_EQ(pair.one.open(Milliseconds(9000)).size(), 8U);
    EXPECT_EQ(pair.two.open(Milliseconds(9000)).size(), 8U);
}

TEST(shard_leases, what_is_given_back_is_open_for_the_next_one_at_once) {
    Pair pair;
    pair.both(Milliseconds(0), Milliseconds(9000));
    round(pair.world, pair.one, Milliseconds(9300), true);
    EXPECT_TRUE(pair.one.open(Milliseconds(9300)).empty());
    EXPECT_FALSE(pair.one.holds_any());
    for (Milliseconds now(9300); now <= Milliseconds(9900); now += Milliseconds(300)) round(pair.world, pair.two, now);
    // Its share at once; the rest once the other one's beat stands still.
    EXPECT_GE(pair.two.open(Milliseconds(9900)).size(), 8U);
    pair.world.members.erase("one"); // as it says goodbye
    round(pair.world, pair.two, Milliseconds(10000));
    EXPECT_EQ(pair.two.open(Milliseconds(10000)).size(), 16U);
}

TEST(shard_leases, what_one_gives_back_is_taken_at_once_though_another_that_has_just_died_would_have_room) {
    Pair pair;
    ShardLeases third(member("third"), times);
    third.want(all_shards());
    for (Milliseconds now(0); now <= Milliseconds(20000); now += Milliseconds(300))
        for (auto* each : {&pair.one, &pair.two, &third}) round(pair.world, *each, now);
    const auto given = pair.one.open(Milliseconds(20000));
    ASSERT_GE(given.size(), 5U);
    // The third is dead from here on, and nobody knows it yet.
    round(pair.world, pair.one, Milliseconds(20100), true);
    round(pair.world, pair.two, Milliseconds(20100));
    round(pair.world, pair.two, Milliseconds(20100) + times.look);
    for (const auto shard : given) EXPECT_EQ(pair.world.rows.at(shard).holder, "two") << shard;
}

TEST(shard_leases, what_a_member_that_takes_nothing_leaves_lying_does_not_go_round_and_round) {
    World world;
    ShardLeases one(member("one"), times);
    one.want(all_shards());
    Member other = member("other");
    const Milliseconds end(30000);
    for (Milliseconds now(0); now < end; now += times.look) {
        ++other.beat; // alive, and its settings know none of these control planes
        world.look(other);
        round(world, one, now);
    }
    std::int64_t taken = 0;
    for (const auto& [shard, row] : world.rows) taken += row.term;
    EXPECT_LE(taken, shard_count + end / times.duration + 1);
    EXPECT_GE(one.open(end).size(), 15U);
}

TEST(shard_leases, a_shard_whose_last_write_was_given_up_is_not_given_back_before_that_can_have_arrived) {
    Pair pair;
    pair.both(Milliseconds(0), Milliseconds(9000));
    const int shard = *pair.one.open(Milliseconds(9000)).begin();
    pair.one.unanswered(shard, Milliseconds(9000));
    std::optional<Milliseconds> opened;
    for (Milliseconds now(9100); now < Milliseconds(20000) && !opened; now += Milliseconds(100)) {
        round(pair.world, pair.one, now, true);
        round(pair.world, pair.two, now);
        if (pair.two.open(now).contains(shard)) opened = now;
        EXPECT_EQ(pair.two.open(now).contains(shard) && pair.one.open(now).contains(shard), false);
    }
    ASSERT_TRUE(opened);
    EXPECT_GE(*opened, Milliseconds(9000) + times.settle);
}

TEST(shard_leases, a_shard_with_a_pass_under_way_is_not_given_back_before_it_ends) {
    Pair pair;
    for (Milliseconds now(0); now < Milliseconds(1000); now += Milliseconds(300)) round(pair.world, pair.one, now);
    pair.one.begin_pass(5);
    round(pair.world, pair.one, Milliseconds(1000), true);
    EXPECT_TRUE(pair.one.may_write(5, Milliseconds(1000)));
    EXPECT_FALSE(pair.one.may_write(6, Milliseconds(1000)));
    EXPECT_TRUE(pair.one.holds_any());
    pair.one.end_pass(5);
    round(pair.world, pair.one, Milliseconds(1100), true);
    EXPECT_FALSE(pair.one.holds_any());
}

TEST(shard_leases, one_that_died_is_followed_after_the_duration_and_written_for_after_the_wait) {
    Pair pair;
    pair.both(Milliseconds(0), Milliseconds(9000));
    const auto died = Milliseconds(9000);
    std::optional<Milliseconds> taken;
    std::optional<Milliseconds> open;
    for (auto now = died; now < died + Milliseconds(8000); now += Milliseconds(100)) {
        round(pair.world, pair.two, now);
        const bool all = std::all_of(pair.world.rows.begin(), pair.world.rows.end(),
                                     [](const auto& row) { return row.second.holder == "two"; });
        if (all && !taken) taken = now;
        if (pair.two.open(now).size() == 16 && !open) open = now;
    }
    ASSERT_TRUE(taken && open);
    EXPECT_LE(*taken - died, times.duration + times.look);
    EXPECT_GE(*open - died, times.duration - times.duration / 3 + times.settle);
    EXPECT_LE(*open - died, times.duration + times.settle + 2 * times.look);
}

TEST(shard_leases, one_that_was_frozen_past_its_deadline_stays_shut_until_its_passes_have_ended) {
    World world;
    ShardLeases one(member("one"), times);
    one.want(all_shards());
    round(world, one, Milliseconds(0));
    one.begin_pass(3);
    // A freeze: the next thing it does is to ask whether it may write.
    EXPECT_FALSE(one.may_write(3, Milliseconds(3000)));
    round(world, one, Milliseconds(3001));
    EXPECT_FALSE(one.may_write(3, Milliseconds(3001))) << "the plan of that pass is of another term";
    EXPECT_TRUE(one.may_write(4, Milliseconds(3001))) << "no pass was under way there";
    one.end_pass(3);
    round(world, one, Milliseconds(3100));
    EXPECT_TRUE(one.may_write(3, Milliseconds(3100))) << "nobody had taken it";
    EXPECT_EQ(world.rows.at(3).term, 2);
}

TEST(shard_leases, a_renewal_counts_from_when_it_was_begun) {
    World world;
    ShardLeases one(member("one"), times);
    one.want({3});
    round(world, one, Milliseconds(0));
    one.saw(world.look(one.beat()), Milliseconds(1200));
    const auto swaps = one.due(Milliseconds(1200), false);
    ASSERT_EQ(swaps.size(), 1U);
    one.wrote(swaps, world.swap(swaps), Milliseconds(1200), Milliseconds(2500)); // the answer took its time
    EXPECT_TRUE(one.may_write(3, Milliseconds(4199)));
    EXPECT_FALSE(one.may_write(3, Milliseconds(4200)));
}

TEST(shard_leases, a_takeover_whose_answer_was_lost_waits_all_the_same) {
    Pair pair;
    pair.both(Milliseconds(0), Milliseconds(9000));
    Milliseconds now(9000);
    for (; now < Milliseconds(12300); now += Milliseconds(300)) {
        pair.two.saw(pair.world.look(pair.two.beat()), now);
        const auto swaps = pair.two.due(now, false);
        const auto done = pair.world.swap(swaps);
        const bool takes =
            std::any_of(swaps.begin(), swaps.end(), [](const LeaseSwap& one) { return one.before.holder == "one"; });
        if (takes) break; // written, and the answer never came
        pair.two.wrote(swaps, done, now, now);
    }
    round(pair.world, pair.two, now + Milliseconds(300));
    const auto shards = pair.two.open(now + Milliseconds(300));
    EXPECT_LE(shards.size(), 8U) << "only those that were its own before";
    for (auto later = now; later < now + Milliseconds(3000); later += Milliseconds(300))
        round(pair.world, pair.two, later);
    EXPECT_EQ(pair.two.open(now + Milliseconds(3000)).size(), 16U);
}

TEST(shard_leases, members_of_another_schema_are_strangers_once_they_move) {
    World world;
    ShardLeases one(member("one", 1), times);
    ShardLeases other(member("other", 2), times);
    world.look(other.beat());
    round(world, one, Milliseconds(0));
    EXPECT_TRUE(one.strangers().empty()) << "it may have died long ago";
    world.look(other.beat());
    round(world, one, Milliseconds(300));
    round(world, one, Milliseconds(600));
    ASSERT_EQ(one.strangers().size(), 1U);
    EXPECT_EQ(one.strangers()[0].id, "other");
    round(world, one, Milliseconds(60000));
    EXPECT_TRUE(one.strangers().empty());
    EXPECT_EQ(one.gone(), std::vector<std::string>{"other"});
}

TEST(shard_leases, a_table_that_was_brought_back_from_a_copy_shuts_what_it_does_not_know) {
    World world;
    ShardLeases one(member("one"), times);
    one.want({3});
    round(world, one, Milliseconds(0));
    world.rows[3] = {"somebody", 7, 99};
    one.saw(world.look(one.beat()), Milliseconds(100));
    EXPECT_FALSE(one.may_write(3, Milliseconds(100)));
}

TEST(shard_leases, a_row_that_was_deleted_is_taken_anew_once_its_holder_must_have_seen_it) {
    Pair pair;
    pair.both(Milliseconds(0), Milliseconds(9000));
    pair.world.rows.clear();
    pair.both(Milliseconds(9000), Milliseconds(11'700));
    EXPECT_TRUE(pair.one.open(Milliseconds(11'700)).empty());
    EXPECT_TRUE(pair.world.rows.empty() || pair.world.rows.begin()->second.holder.empty());
    Milliseconds first(0);
    for (Milliseconds now(12'000); now < Milliseconds(20'000); now += Milliseconds(300)) {
        pair.both(now, now);
        const auto open = pair.one.open(now).size() + pair.two.open(now).size();
        if (open > 0 && first.count() == 0) first = now;
        EXPECT_TRUE(now < Milliseconds(16'000) || open == 16) << now.count();
    }
    EXPECT_GE(first, Milliseconds(9000) + times.duration + times.settle);
}

namespace {

constexpr int in_flight = 900; // a little less than `settle`: the margin is for clocks
constexpr int writing = 1000;  // of each pass, in the beginning; it ends when all of that is answered

// Members with clocks of their own, that run up to a hundredth too fast or too slow, are frozen, cut off, killed and
// started anew; answers are lost. Times in milliseconds of the world.
class Troubles {
public:
    explicit Troubles(unsigned seed) : random_(seed) {
        for (auto& one : members_) start(one);
    }

    // What went wrong; empty: nothing.
    std::string step(int now) {
        std::string wrong;
        for (auto& one : members_) {
            befall(one, now);
            if (now < one.frozen_until) continue;
            const Milliseconds own(static_cast<std::int64_t>(one.offset + one.rate * now));
            if (now >= one.next_round && now >= one.cut_until) look(one, now, own);
            for (int shard = 0; shard < shard_count; ++shard) wrong += work(one, shard, now, own);
        }
        for (int shard = 0; shard < shard_count; ++shard) {
            if (now - cared_for_[shard] > 25'000) wrong += "nobody cares for shard " + std::to_string(shard) + "; ";
        }
        return wrong;
    }

private:
    struct One {
        std::unique_ptr<ShardLeases> leases;
        double rate = 1;
        double offset = 0;
        int frozen_until = 0;
        int cut_until = 0;
        int next_round = 0;
        std::optional<std::vector<LeaseSwap>> swaps; // that are on their way
        Milliseconds begun{0};
        std::map<int, int> passes; // by shard: when it began
    };

    bool chance(unsigned in) { return random_() % in == 0; }
    int some(unsigned most) { return static_cast<int>(random_() % most); }

    void start(One& one) {
        one.leases = std::make_unique<ShardLeases>(member("m" + std::to_string(++names_)), times);
        one.leases->want(all_shards());
        one.rate = 0.99 + static_cast<double>(some(21)) / 1000;
        one.offset = static_cast<double>(some(1'000'000'000));
        one.swaps.reset();
        one.passes.clear();
    }

    void befall(One& one, int now) {
        if (chance(2000)) one.frozen_until = now + some(8000);
        if (chance(2000)) one.cut_until = now + some(8000);
        if (chance(4000)) start(one);
    }

    void look(One& one, int now, Milliseconds own) {
        auto& leases = *one.leases;
        one.next_round = now + 300;
        if (one.swaps) { // written only now, and the answer may be lost
            const auto done = world_.swap(*one.swaps);
            if (!chance(10)) leases.wrote(*one.swaps, done, one.begun, own);
            one.swaps.reset();
        }
        leases.saw(world_.look(leases.beat()), own);
        one.begun = own;
        const auto swaps = leases.due(own, false);
        if (chance(10))
            one.swaps = swaps;
        else
            leases.wrote(swaps, world_.swap(swaps), own, own);
    }

    // Whoever may write has to be alone: also with a write that the one before began in its last moment.
    std::string work(One& one, int shard, int now, Milliseconds own) {
        auto& leases = *one.leases;
        auto pass = one.passes.find(shard);
        if (pass != one.passes.end() && now >= pass->second + writing + in_flight) {
            leases.end_pass(shard);
            one.passes.erase(pass);
        }
        if (!one.passes.contains(shard) && leases.open(own).contains(shard) && chance(20)) {
            leases.begin_pass(shard);
            one.passes.emplace(shard, now);
        }
        pass = one.passes.find(shard);
        if (pass == one.passes.end() || now >= pass->second + writing || !leases.may_write(shard, own)) return {};
        auto& [who, until] = last_write_[shard];
        const bool alone = who.empty() || who == leases.me().id || until <= now;
        const auto before = who;
        who = leases.me().id;
        until = now + in_flight;
        cared_for_[shard] = now;
        return alone ? "" : who + " beside " + before + " in shard " + std::to_string(shard) + "; ";
    }

    std::mt19937 random_;
    World world_;
    std::vector<One> members_ = std::vector<One>(3);
    int names_ = 0;
    std::map<int, std::pair<std::string, int>> last_write_; // by shard: who, until when it may be under way
    std::map<int, int> cared_for_;
};

} // namespace

TEST(shard_leases, whatever_happens_nobody_writes_beside_another) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        Troubles troubles(seed);
        for (int now = 0; now < 60'000; now += 20)
            ASSERT_EQ(troubles.step(now), "") << "seed " << seed << " at " << now;
    }
}
