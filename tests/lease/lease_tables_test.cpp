// What every table of leases promises, asked of each: nothing moves but by whoever knows how it is.
#include "lease/lease_table.h"

#include "base/failure.h"
#include "io/clock.h"
#include "lease/kube_leases.h"
#include "lease/stored_leases.h"
#include "tests/kube/fake_kube.h"
#include "tests/store/engines.h"

#include <gtest/gtest.h>
#include <memory>

using namespace kedge;

namespace {

struct InMemory {
    MemoryLeases table;
    LeaseTable& one() { return table; }
    LeaseTable& two() { return table; }
};

template<class Engine>
struct InDatabase {
    Engine place;
    StoredLeases first{place.engine()};
    StoredLeases second{place.engine()};
    LeaseTable& one() { return first; }
    LeaseTable& two() { return second; }
};

struct InCluster {
    kedge::testing::ServiceAccount account;
    kedge::testing::FakeKube server;
    KubeApi api{server, *kube_place(account.environment())};
    KubeLeases make() {
        KubeLeaseNamed named{"", "kedge", Milliseconds(15000), [] { return UnixSeconds{1'800'000'000}; }};
        return KubeLeases([this]() -> KubeApi& { return api; }, std::move(named));
    }
    KubeLeases first = make();
    KubeLeases second = make();
    LeaseTable& one() { return first; }
    LeaseTable& two() { return second; }
};

Member some_member(const std::string& id, std::int64_t beat = 1) {
    return {id, "kedge 1", 7, beat};
}

template<class World>
class LeaseTableContract : public ::testing::Test {
protected:
    LeaseRow row(LeaseTable& table, const std::string& id) {
        auto me = some_member(id);
        const auto view = run(table.look(std::move(me)));
        const auto found = view.shards.find(0);
        return found == view.shards.end() ? LeaseRow{} : found->second;
    }
    bool swap(LeaseTable& table, LeaseRow before, LeaseRow after) {
        std::vector<LeaseSwap> swaps{{0, std::move(before), std::move(after)}};
        return run(table.swap(std::move(swaps))).at(0);
    }
    World world;
};

using LeaseTables = ::testing::Types<InMemory, InDatabase<InFiles>, InDatabase<OnServer>, InCluster>;
TYPED_TEST_SUITE(LeaseTableContract, LeaseTables);

} // namespace

TYPED_TEST(LeaseTableContract, what_was_never_held_is_taken_by_one_of_two) {
    auto& world = this->world;
    EXPECT_EQ(this->row(world.one(), "a"), LeaseRow{});
    EXPECT_EQ(this->row(world.two(), "b"), LeaseRow{});
    EXPECT_TRUE(this->swap(world.one(), {}, {"a", 1, 1}));
    EXPECT_FALSE(this->swap(world.two(), {}, {"b", 1, 1}));
    const auto seen = this->row(world.two(), "b");
    EXPECT_EQ(seen.holder, "a");
    EXPECT_EQ(seen.term, 1);
}

TYPED_TEST(LeaseTableContract, a_renewal_moves_the_turn_for_others_and_only_the_newest_can_be_replaced) {
    auto& world = this->world;
    this->row(world.one(), "a");
    ASSERT_TRUE(this->swap(world.one(), {}, {"a", 1, 1}));
    const auto old = this->row(world.two(), "b");
    ASSERT_TRUE(this->swap(world.one(), {"a", 1, 1}, {"a", 1, 2}));
    EXPECT_FALSE(this->swap(world.two(), old, {"b", 2, old.turn + 1})) << "it was renewed meanwhile";
    const auto now = this->row(world.two(), "b");
    EXPECT_NE(now.turn, old.turn);
    EXPECT_TRUE(this->swap(world.two(), now, {"b", 2, now.turn + 1}));
    EXPECT_FALSE(this->swap(world.one(), {"a", 1, 2}, {"a", 1, 3}));
    const auto lost = this->row(world.one(), "a");
    EXPECT_EQ(lost.holder, "b");
    EXPECT_EQ(lost.term, 2);
}

TYPED_TEST(LeaseTableContract, what_is_given_back_is_nobodys) {
    auto& world = this->world;
    this->row(world.one(), "a");
    ASSERT_TRUE(this->swap(world.one(), {}, {"a", 1, 1}));
    ASSERT_TRUE(this->swap(world.one(), {"a", 1, 1}, {"", 1, 2}));
    const auto now = this->row(world.two(), "b");
    EXPECT_EQ(now.holder, "");
    EXPECT_EQ(now.term, 1);
    EXPECT_TRUE(this->swap(world.two(), now, {"b", 2, now.turn + 1}));
}

TEST(stored_leases, members_see_each_other_until_one_is_forgotten) {
    const OnServer place;
    StoredLeases one(place.engine());
    StoredLeases two(place.engine());
    run(one.look(some_member("a")));
    const auto view = run(two.look(some_member("b", 5)));
    EXPECT_EQ(view.members, (std::vector{some_member("a"), some_member("b", 5)}));
    std::vector<std::string> gone{"a"};
    run(two.forget(gone));
    EXPECT_EQ(two.members(), std::vector{some_member("b", 5)});
}

TEST(stored_leases, tell_the_time_of_the_database_with_each_beat) {
    const OnServer place;
    StoredLeases one(place.engine());
    const auto wall = run(one.look(some_member("a", 1))).wall;
    ASSERT_TRUE(wall);
    EXPECT_NEAR(static_cast<double>(*wall), static_cast<double>(SystemClock().now()), 5) << "the same machine";
    EXPECT_FALSE(run(one.look(some_member("a", 1))).wall);
}

TEST(stored_leases, a_command_is_alone_and_members_are_not_beside_it) {
    const OnServer place;
    auto shared = PostgresServer::shared().options(place.prefix);
    shared.presence = PostgresOptions::Presence::shared;
    auto alone = shared;
    alone.presence = PostgresOptions::Presence::alone;
    {
        StoredLeases one(postgres_engine(shared));
        StoredLeases two(postgres_engine(shared));
        EXPECT_THROW(open_leases(postgres_engine(alone)), Failure);
    }
    const auto command = open_leases(postgres_engine(alone));
    EXPECT_THROW(StoredLeases(postgres_engine(shared)), Failure);
}

TEST(kube_leases, what_others_keep_in_the_lease_stays_and_times_are_for_people) {
    InCluster world;
    run(world.one().look(some_member("a")));
    std::vector<LeaseSwap> swaps{{0, {}, {"a", 1, 1}}};
    EXPECT_TRUE(run(world.one().swap(swaps)).at(0));
    auto& object = world.server.objects.at("team/leases/kedge");
    EXPECT_EQ(object["spec"]["holderIdentity"], "a");
    EXPECT_EQ(object["spec"]["leaseTransitions"], 1);
    EXPECT_EQ(object["spec"]["leaseDurationSeconds"], 15);
    object["metadata"]["labels"] = {{"app", "kedge"}};
    const auto view = run(world.one().look(some_member("a")));
    swaps = {{0, view.shards.at(0), {"a", 1, view.shards.at(0).turn + 1}}};
    EXPECT_TRUE(run(world.one().swap(swaps)).at(0));
    EXPECT_EQ(object["metadata"]["labels"]["app"], "kedge");
}
