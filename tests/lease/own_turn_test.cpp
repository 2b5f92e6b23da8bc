// Two members with a store each under one Lease: who comes back after another one has to begin anew.
#include "lease/own_turn.h"

#include "base/failure.h"
#include "lease/kube_leases.h"
#include "store/stored_ledger.h"
#include "tests/kube/fake_kube.h"
#include "tests/store/engines.h"
#include "tests/store/samples.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

struct OwnStore {
    InFiles place;
    StoredLedger ledger{place.engine()};

    OwnStore() = default;
    // Had that turn, and wrote.
    explicit OwnStore(std::int64_t first) {
        turn(first);
        write();
    }
    void asks(const std::string& by, const LeaseRow& before) { prepare_turn(place.engine(), {"uid-1", before, by}); }
    bool turn(std::int64_t term, const std::string& lease = "uid-1") { return begin_turn(place.engine(), lease, term); }
    void write() {
        LedgerBatch batch;
        batch.adopt = {sample_owned("github")};
        run(ledger.commit(sample_key(), batch));
    }
    bool knows() { return run(ledger.load(sample_key())).owned.size() == 1; }
};

// A member whose store is its own, under the Lease of an API server.
struct Holder {
    kedge::testing::ServiceAccount account;
    kedge::testing::FakeKube server;
    KubeApi api{server, *kube_place(account.environment())};
    OwnStore store;
    std::vector<bool> forgot;
    bool disk_is_full = false;
    KubeLeases table{[this]() -> KubeApi& { return api; }, named()};

    KubeLeaseNamed named() {
        KubeLeaseNamed named{"", "kedge", Milliseconds(15000), [] { return UnixSeconds{1'800'000'000}; }};
        named.takes = [this](LeaseTaking taking) -> Task<void> {
            if (disk_is_full) throw Failure(NextAction::retry, "store: the disk is full");
            prepare_turn(store.place.engine(), taking);
            co_return;
        };
        named.taken = [this](std::string uid, std::int64_t term) -> Task<void> {
            forgot.push_back(store.turn(term, uid));
            co_return;
        };
        return named;
    }
    void take(const std::string& id) {
        Member me{id, "kedge 1", 1, 0};
        const auto view = run(table.look(std::move(me)));
        const auto found = view.shards.find(0);
        const LeaseRow before = found == view.shards.end() ? LeaseRow{} : found->second;
        std::vector<LeaseSwap> swaps{{0, before, {id, before.term + 1, before.turn + 1}}};
        run(table.swap(std::move(swaps)));
    }
    void take_unheard(const std::string& id) {
        server.lose_answer = true;
        server.before = [this](const HttpRequest& request) {
            server.delivery = request.method == "PUT" ? Delivery::unknown : Delivery::answered;
        };
        EXPECT_THROW(take(id), Failure);
        server.before = nullptr;
        server.lose_answer = false;
        server.delivery = Delivery::answered;
    }
};

} // namespace

TEST(own_turn, that_was_given_and_never_told_is_known_as_ones_own_also_after_a_restart) {
    Holder holder;
    holder.take("a");
    holder.store.write();
    holder.take_unheard("a");
    holder.take_unheard("a");
    holder.take("b"); // the same store in another process
    EXPECT_EQ(holder.forgot, (std::vector<bool>{false, false}));
    EXPECT_TRUE(holder.store.knows());
}

TEST(own_turn, of_another_one_between_two_that_were_never_told_is_missed) {
    Holder holder;
    holder.take("a");
    holder.store.write();
    holder.take_unheard("a");
    auto& lease = holder.server.objects.at("team/leases/kedge");
    lease["spec"]["holderIdentity"] = "stranger";
    lease["spec"]["leaseTransitions"] = 3;
    lease["metadata"]["resourceVersion"] = "900";
    holder.take_unheard("a");
    holder.take("b");
    EXPECT_EQ(holder.forgot, (std::vector<bool>{false, true}));
    EXPECT_FALSE(holder.store.knows());
}

TEST(own_turn, that_another_one_got_in_ones_place_is_not_ones_own) {
    OwnStore store(1);
    store.asks("a", {"a", 1, 1}); // and it was refused
    store.asks("a", {"stranger", 2, 2});
    EXPECT_TRUE(store.turn(3));
    EXPECT_FALSE(store.knows());
}

TEST(own_turn, that_could_not_be_prepared_is_not_asked_for) {
    Holder holder;
    holder.take("a");
    const auto before = holder.server.objects;
    holder.disk_is_full = true;
    EXPECT_THROW(holder.take("a"), Failure);
    EXPECT_EQ(holder.server.objects, before);
}

TEST(own_turn, a_member_that_takes_the_lease_again_after_itself_knows_everything) {
    OwnStore store;
    EXPECT_FALSE(store.turn(1));
    store.write();
    EXPECT_FALSE(store.turn(2)) << "it was started anew";
    EXPECT_FALSE(store.turn(3));
    EXPECT_TRUE(store.knows());
}

TEST(own_turn, after_another_one_what_a_store_knew_is_forgotten_once) {
    OwnStore store(4);
    EXPECT_TRUE(store.turn(6));
    EXPECT_FALSE(store.knows());
    store.write();
    EXPECT_FALSE(store.turn(7));
    EXPECT_TRUE(store.knows());
}

TEST(own_turn, of_a_lease_that_was_made_anew_nobody_knows_who_held_it_before) {
    OwnStore store(1);
    EXPECT_TRUE(store.turn(2, "uid-2"));
    EXPECT_FALSE(store.knows());
}

TEST(own_turn, a_store_that_never_saw_a_lease_is_believed) {
    OwnStore store;
    store.write(); // alone until now, or brought back from a copy
    EXPECT_FALSE(store.turn(9));
    EXPECT_TRUE(store.knows());
}

TEST(own_turn, that_could_not_be_begun_is_asked_again) {
    OwnStore store(1);
    auto broken = store.place.engine();
    broken.open = [open = broken.open](const Schema& schema) {
        if (schema.name == "ledger") throw Failure(NextAction::retry, "the disk is full");
        return open(schema);
    };
    store.asks("a", {"b", 2, 2});
    EXPECT_THROW(begin_turn(broken, "uid-1", 3), Failure);
    store.asks("a", {"a", 3, 3});
    EXPECT_TRUE(store.turn(4)) << "nothing was noted by the one that failed";
    EXPECT_FALSE(store.knows());
}
