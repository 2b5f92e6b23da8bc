// Two members with a store each under one Lease: who comes back after another one has to begin anew.
#include "lease/own_turn.h"

#include "base/failure.h"
#include "store/stored_ledger.h"
#include "tests/store/engines.h"
#include "tests/store/samples.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

struct OwnStore {
    InFiles place;
    StoredLedger ledger{place.engine()};

    bool turn(std::int64_t term, const std::string& lease = "uid-1") { return begin_turn(place.engine(), lease, term); }
    void write() {
        LedgerBatch batch;
        batch.adopt = {sample_owned("github")};
        run(ledger.commit(sample_key(), batch));
    }
    bool knows() { return run(ledger.load(sample_key())).owned.size() == 1; }
};

} // namespace

TEST(own_turn, a_member_that_takes_the_lease_again_after_itself_knows_everything) {
    OwnStore store;
    EXPECT_FALSE(store.turn(1));
    store.write();
    EXPECT_FALSE(store.turn(2)) << "it was started anew";
    EXPECT_FALSE(store.turn(3));
    EXPECT_TRUE(store.knows());
}

TEST(own_turn, after_another_one_what_a_store_knew_is_forgotten_once) {
    OwnStore store;
    store.turn(4);
    store.write();
    EXPECT_TRUE(store.turn(6));
    EXPECT_FALSE(store.knows());
    store.write();
    EXPECT_FALSE(store.turn(7));
    EXPECT_TRUE(store.knows());
}

TEST(own_turn, of_a_lease_that_was_made_anew_nobody_knows_who_held_it_before) {
    OwnStore store;
    store.turn(1);
    store.write();
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
    OwnStore store;
    store.turn(1);
    store.write();
    auto broken = store.place.engine();
    broken.open = [open = broken.open](const Schema& schema) {
        if (schema.name == "ledger") throw Failure(NextAction::retry, "the disk is full");
        return open(schema);
    };
    EXPECT_THROW(begin_turn(broken, "uid-1", 3), Failure);
    EXPECT_TRUE(store.turn(4)) << "nothing was noted by the one that failed";
    EXPECT_FALSE(store.knows());
}
