// A keeper in virtual time: what it tells, and what it forbids.
#include "lease/lease_keeper.h"

#include "base/failure.h"
#include "io/run.h"

#include <gtest/gtest.h>
#include <utility>

using namespace kedge;

namespace {

const LeaseTimes keeper_times{Milliseconds(3000), Milliseconds(1000), Milliseconds(300)};

// Answers as long as it is told to.
class Unreliable final : public LeaseTable {
public:
    explicit Unreliable(LeaseTable& inner) : inner_(inner) {}
    std::function<bool()> answers = [] { return true; };

    Task<LeaseView> look(Member me) override {
        want();
        co_return co_await inner_.look(std::move(me));
    }
    Task<std::vector<bool>> swap(std::vector<LeaseSwap> swaps) override {
        want();
        co_return co_await inner_.swap(std::move(swaps));
    }
    Task<void> forget(std::vector<std::string> members) override {
        ++forgotten;
        co_await inner_.forget(std::move(members));
    }
    int forgotten = 0;

private:
    void want() const {
        if (!answers()) throw Failure(NextAction::retry, "the table is away");
    }
    LeaseTable& inner_;
};

struct Keeping {
    EventLoop loop;
    ManualClock clock;
    Log log{LogLevel::error, LogFormat::human};
    MemoryLeases memory;
    Unreliable table{memory};
    std::vector<std::string> told;
    std::function<void()> after = [] {};
    std::function<void()> moved = [] {};
    LeaseKeeper keeper{{table, clock, log}, {"one", "kedge 1", 1, 0}, keeper_times, calls()};

    KeeperCalls calls() {
        KeeperCalls calls;
        calls.opened = [this](int shard) {
            told.push_back("opened " + std::to_string(shard));
            after();
        };
        calls.moved = [this] { moved(); };
        calls.lost = [this](int shard) { told.push_back("lost " + std::to_string(shard)); };
        return calls;
    }
};

} // namespace

TEST(lease_keeper, tells_who_else_holds_a_shard_as_soon_as_that_is_known_and_why_it_is_not) {
    Keeping keeping;
    std::vector<LeaseSwap> taken{{3, LeaseRow{}, LeaseRow{"two", 1, 1}}};
    run_to_end(keeping.loop, keeping.memory.swap(taken));
    std::vector<std::string> seen;
    bool answers = true;
    keeping.table.answers = [&] { return answers; };
    keeping.keeper.want({3});
    keeping.moved = [&] {
        seen.push_back(keeping.keeper.problem() + keeping.keeper.holder(3));
        if (seen.size() == 1) answers = false;
        if (seen.size() == 2) answers = true;
        if (seen.size() == 3) keeping.keeper.leave();
    };
    run_to_end(keeping.loop, keeping.keeper.run());
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen[0], "two");
    EXPECT_NE(seen[1].find("the table is away"), std::string::npos) << seen[1];
    EXPECT_EQ(seen[2], "two");
}

TEST(lease_keeper, opens_what_is_wanted_and_gives_it_back_when_it_leaves) {
    Keeping keeping;
    keeping.keeper.want({3, 7});
    keeping.after = [&] {
        EXPECT_EQ(keeping.keeper.forbids(3), "");
        EXPECT_NE(keeping.keeper.forbids(4), "");
        if (keeping.told.size() == 2) keeping.keeper.leave();
    };
    run_to_end(keeping.loop, keeping.keeper.run());
    EXPECT_EQ(keeping.told, (std::vector<std::string>{"opened 3", "opened 7", "lost 3", "lost 7"}));
    EXPECT_EQ(keeping.keeper.forbids(3), "not sent: this kedge does not hold the lease of shard 3 any more");
    const auto view = run_to_end(keeping.loop, keeping.memory.look({"two", "kedge 1", 1, 1}));
    EXPECT_EQ(view.shards.at(3).holder, "");
    EXPECT_EQ(view.members.size(), 1U) << "it said goodbye";
}

TEST(lease_keeper, says_goodbye_before_its_last_pass_has_ended_so_that_the_rest_is_shared_out) {
    Keeping keeping;
    keeping.keeper.want({3, 7});
    keeping.after = [&] {
        if (keeping.told.size() < 2) return;
        keeping.keeper.begin_pass(3);
        keeping.keeper.leave();
    };
    bool ended = false;
    keeping.table.answers = [&] {
        if (keeping.table.forgotten > 0 && !std::exchange(ended, true)) keeping.keeper.end_pass(3);
        return true;
    };
    run_to_end(keeping.loop, keeping.keeper.run());
    EXPECT_EQ(keeping.told, (std::vector<std::string>{"opened 3", "opened 7", "lost 7", "lost 3"}));
    const auto view = run_to_end(keeping.loop, keeping.memory.look({"two", "kedge 1", 1, 1}));
    EXPECT_EQ(view.shards.at(3).holder, "");
    EXPECT_EQ(view.members.size(), 1U);
}

TEST(lease_keeper, forbids_every_write_from_the_deadline_on_when_the_table_is_away) {
    Keeping keeping;
    keeping.keeper.want({3});
    bool was_away = false;
    keeping.after = [&] {
        if (was_away) return keeping.keeper.leave();
        const auto away_since = keeping.clock.monotonic();
        keeping.table.answers = [&, away_since] {
            const auto now = keeping.clock.monotonic();
            was_away = was_away || now - away_since >= Milliseconds(6000);
            if (was_away) return true;
            EXPECT_EQ(keeping.keeper.forbids(3).empty(), now - away_since < keeper_times.duration) << now.count();
            return false;
        };
    };
    run_to_end(keeping.loop, keeping.keeper.run());
    EXPECT_EQ(keeping.told, (std::vector<std::string>{"opened 3", "lost 3", "opened 3", "lost 3"}));
    EXPECT_GT(keeping.keeper.refused(), 0U);
    EXPECT_EQ(keeping.keeper.problem(), "");
}
