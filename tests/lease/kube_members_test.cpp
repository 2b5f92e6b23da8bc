// Members under a Lease of Kubernetes, in virtual time: whatever is wrong with the cluster, nothing is written
// meanwhile, the keeper says why, and goes on by itself once it is mended.
#include "base/failure.h"
#include "io/loop_steps.h"
#include "io/run.h"
#include "lease/kube_leases.h"
#include "lease/lease_keeper.h"
#include "tests/kube/fake_kube.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using kedge::testing::FakeKube;
using kedge::testing::ServiceAccount;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

const LeaseTimes cluster_times{Milliseconds(3000), Milliseconds(1000), Milliseconds(300)};

struct Pod {
    ServiceAccount account;
    ManualClock clock;
    Log log{LogLevel::error, LogFormat::human};
    KubeApi api;
    KubeLeases table;
    std::vector<std::string> told;
    std::vector<std::pair<std::string, std::int64_t>> turns;
    std::function<void()> on_turn = [] {};
    std::function<void()> opened = [] {};
    LeaseKeeper keeper;

    Pod(FakeKube& server, const std::string& name, UnixSeconds wall = 1'800'000'000)
        : clock(wall), api(server, *kube_place(account.environment())),
          table([this]() -> KubeApi& { return api; }, named()),
          keeper({table, clock, log}, {name, "kedge 1", 1, 0}, cluster_times, calls()) {
        keeper.want({0});
    }
    KubeLeaseNamed named() {
        KubeLeaseNamed named{"", "kedge", cluster_times.duration, [this] { return clock.now(); }};
        named.taken = [this](std::string uid, std::int64_t term) -> Task<void> {
            on_turn();
            turns.emplace_back(std::move(uid), term);
            co_return;
        };
        return named;
    }
    KeeperCalls calls() {
        KeeperCalls calls;
        calls.opened = [this](int) {
            told.emplace_back("opened");
            opened();
        };
        calls.lost = [this](int) { told.emplace_back("lost"); };
        return calls;
    }
};

struct Cluster {
    EventLoop loop;
    FakeKube server;
    Pod pod{server, "one"};

    void run() { run_to_end(loop, pod.keeper.run()); }
    // At the first request from then on, and only once.
    void at(Milliseconds time, std::function<void()> what) {
        server.before = [this, time, what = std::move(what), done = false](const HttpRequest&) mutable {
            if (done || pod.clock.monotonic() < time) return;
            done = true;
            what();
        };
    }
};

} // namespace

TEST(kube_members, a_role_that_lacks_the_lease_is_named_and_taken_up_once_it_is_there) {
    Cluster cluster;
    cluster.server.allowed = {"get secrets/mcp"};
    cluster.at(Milliseconds(60'000), [&] {
        EXPECT_THAT(cluster.pod.told, ElementsAre());
        EXPECT_THAT(cluster.pod.keeper.problem(),
                    AllOf(HasSubstr("read Lease \"team/kedge\""), HasSubstr("refused (403)"),
                          HasSubstr("allow it with a Role in team: resources [leases], resourceNames [kedge], verbs "
                                    "[get]")));
        cluster.server.allowed = {"get leases/kedge", "update leases/kedge", "create leases"};
    });
    cluster.pod.opened = [&] { cluster.pod.keeper.leave(); };
    cluster.run();
    EXPECT_THAT(cluster.pod.told, ElementsAre("opened", "lost"));
    EXPECT_EQ(cluster.pod.keeper.problem(), "");
    EXPECT_LT(cluster.pod.clock.monotonic(), Milliseconds(62'000));
}

TEST(kube_members, a_token_that_expires_under_a_holder_fences_it_until_a_new_one_is_in_the_file) {
    Cluster cluster;
    auto& pod = cluster.pod;
    bool expired = false;
    pod.opened = [&] {
        if (expired) return pod.keeper.leave();
        expired = true;
        cluster.server.tokens = {"token-2"};
        const auto since = pod.clock.monotonic();
        cluster.server.before = [&, since](const HttpRequest&) {
            const auto now = pod.clock.monotonic();
            if (now - since < Milliseconds(30'000)) {
                EXPECT_EQ(pod.keeper.forbids(0).empty(), now - since < cluster_times.duration) << now.count();
            } else if (cluster.server.tokens.contains("token-2") && pod.keeper.problem() != "") {
                EXPECT_THAT(pod.keeper.problem(), HasSubstr("is not known (401)"));
                pod.account.write("token", "token-2");
            }
        };
    };
    cluster.run();
    EXPECT_THAT(pod.told, ElementsAre("opened", "lost", "opened", "lost"));
    EXPECT_GT(pod.keeper.refused(), 0U);
}

TEST(kube_members, a_lease_that_somebody_deletes_is_made_anew_and_is_another_one) {
    Cluster cluster;
    auto& pod = cluster.pod;
    pod.opened = [&] {
        if (pod.told.size() > 1) return pod.keeper.leave();
        cluster.server.objects.clear();
    };
    cluster.run();
    EXPECT_THAT(pod.told, ElementsAre("opened", "lost", "opened", "lost"));
    ASSERT_EQ(pod.turns.size(), 2U);
    EXPECT_NE(pod.turns[0].first, pod.turns[1].first);
    EXPECT_GE(pod.clock.monotonic(), cluster_times.duration + cluster_times.settle);
}

TEST(kube_members, a_store_that_cannot_be_made_ready_keeps_its_member_shut) {
    Cluster cluster;
    auto& pod = cluster.pod;
    int failures = 3;
    pod.on_turn = [&] {
        EXPECT_NE(pod.keeper.forbids(0), "");
        if (failures-- > 0) throw Failure(NextAction::retry, "store: the disk is full");
    };
    pod.opened = [&] { pod.keeper.leave(); };
    cluster.run();
    EXPECT_THAT(pod.told, ElementsAre("opened", "lost"));
    ASSERT_EQ(pod.turns.size(), 1U);
    EXPECT_EQ(pod.turns[0].second, 4) << "each attempt was a term of its own";
}

TEST(kube_members, clocks_that_are_years_apart_change_nothing_and_are_told) {
    EventLoop loop;
    FakeKube server;
    Pod one(server, "one");
    Pod two(server, "two", 2'000'000'000);
    std::string said;
    server.before = [&](const HttpRequest&) {
        EXPECT_FALSE(one.keeper.is_open(0) && two.keeper.is_open(0));
        said = said.empty() ? two.keeper.skew() : said;
        if (one.clock.monotonic() > Milliseconds(30'000)) one.keeper.leave();
    };
    two.opened = [&] {
        EXPECT_GT(two.clock.monotonic(), Milliseconds(29'000)) << "the other one renewed all the time";
        two.keeper.leave();
    };
    std::function<Task<void>(std::size_t)> job = [&](std::size_t i) {
        return i == 0 ? one.keeper.run() : two.keeper.run();
    };
    run_to_end(loop, for_each_index(2, 2, std::move(job)));
    EXPECT_THAT(one.told, ElementsAre("opened", "lost"));
    EXPECT_THAT(two.told, ElementsAre("opened", "lost"));
    EXPECT_EQ(two.turns.at(0).second, 2);
    EXPECT_THAT(said, HasSubstr("s ahead of that of the others"));
}
