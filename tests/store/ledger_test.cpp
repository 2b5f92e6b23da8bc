// What every ledger promises, asked of each.
#include "store/ledger.h"

#include "base/failure.h"
#include "engines.h"
#include "samples.h"
#include "scratch.h"
#include "store/memory_ledger.h"
#include "store/sqlite_database.h"
#include "store/stored_ledger.h"

#include <gtest/gtest.h>
#include <memory>

using namespace kedge;

namespace {

struct InMemory {
    MemoryLedger ledger;
    Ledger& get() { return ledger; }
};

// Opened anew for each question: what was not written is not there.
template<class Engine>
struct Kept {
    Engine place;
    std::unique_ptr<StoredLedger> ledger;
    Ledger& get() {
        ledger.reset();
        ledger = std::make_unique<StoredLedger>(place.engine());
        return *ledger;
    }
};

template<class World>
class LedgerContract : public testing::Test {
protected:
    LedgerState load(const LedgerKey& key = sample_key()) { return run(world_.get().load(key)); }
    std::vector<std::int64_t> commit(LedgerBatch batch, const LedgerKey& key = sample_key()) {
        return run(world_.get().commit(key, std::move(batch)));
    }
    std::int64_t open(const Intent& intent) {
        LedgerBatch batch;
        batch.intents = {intent};
        return commit(batch).at(0);
    }
    std::map<std::string, std::string> known(const std::vector<std::string>& names) {
        return run(world_.get().known(sample_key(), names));
    }
    void close(IntentOutcome outcome) {
        LedgerBatch batch;
        batch.outcomes = {std::move(outcome)};
        commit(batch);
    }
    World world_;
};

using Worlds = testing::Types<InMemory, Kept<InFiles>, Kept<OnServer>>;
TYPED_TEST_SUITE(LedgerContract, Worlds);

} // namespace

TYPED_TEST(LedgerContract, a_unit_is_new_until_something_is_written) {
    EXPECT_TRUE(this->load().is_new);
    this->commit({});
    EXPECT_FALSE(this->load().is_new);
    LedgerKey other = sample_key();
    other.target = "other";
    EXPECT_TRUE(this->load(other).is_new);
}

TYPED_TEST(LedgerContract, that_the_past_is_not_known_is_kept_among_its_writes) {
    LedgerBatch batch;
    batch.past_unknown = 1'800'000'000;
    EXPECT_FALSE(batch.empty());
    this->commit(batch);
    const PastWrite unknown{1'800'000'000, Action::keep, false, {}};
    EXPECT_EQ(this->load().recent, std::vector{unknown});
}

TYPED_TEST(LedgerContract, an_owned_entry_comes_back_with_every_field) {
    LedgerBatch batch;
    batch.adopt = {sample_owned("b"), sample_owned("a")};
    batch.adopt.back().sent = {};
    batch.adopt.back().path = std::string("a\0\xff", 3);
    this->commit(batch);
    const auto owned = this->load().owned;
    ASSERT_EQ(owned.size(), 2U);
    EXPECT_EQ(owned.at("b"), batch.adopt[0]);
    EXPECT_EQ(owned.at("a"), batch.adopt[1]);
}

TYPED_TEST(LedgerContract, a_deleted_registration_takes_its_name_along_only_where_no_other_id_has_followed_it) {
    LedgerBatch batch;
    batch.adopt = {sample_owned("a")};
    batch.adopt[0].superseded = {"id-before"};
    this->commit(batch);
    const auto delete_of = [&](const std::string& id) {
        auto intent = sample_intent("a");
        intent.action = Action::remove;
        intent.remote_id = id;
        IntentOutcome outcome;
        outcome.id = this->open(intent);
        outcome.forget = true;
        this->close(outcome);
    };
    delete_of("id-of-nobody");
    EXPECT_EQ(this->load().owned.at("a").superseded, std::vector<std::string>{"id-before"});
    delete_of("id-before");
    EXPECT_EQ(this->load().owned.at("a").remote_id, "id-a");
    EXPECT_TRUE(this->load().owned.at("a").superseded.empty());
    delete_of("id-a");
    EXPECT_FALSE(this->load().owned.contains("a"));
}

TYPED_TEST(LedgerContract, intents_get_rising_numbers_and_stay_open_until_closed) {
    LedgerBatch batch;
    batch.intents = {sample_intent("a"), sample_intent("b")};
    const auto ids = this->commit(batch);
    ASSERT_EQ(ids.size(), 2U);
    EXPECT_LT(ids[0], ids[1]);
    auto expected = sample_intent("b");
    expected.id = ids[1];
    EXPECT_EQ(this->load().open.at(1), expected);
    IntentOutcome outcome;
    outcome.id = ids[0];
    this->close(outcome);
    EXPECT_EQ(this->load().open, std::vector<Intent>{expected});
    outcome.id = ids[1];
    this->close(outcome);
    EXPECT_TRUE(this->load().open.empty());
    EXPECT_GT(this->open(sample_intent("c")), ids[1]) << "a number is never used twice";
}

TYPED_TEST(LedgerContract, an_outcome_says_what_is_owned_now) {
    IntentOutcome outcome;
    outcome.id = this->open(sample_intent("a"));
    outcome.owned = sample_alone("a");
    this->close(outcome);
    EXPECT_EQ(this->load().owned.at("a"), sample_alone("a"));
    IntentOutcome gone;
    gone.id = this->open(sample_intent("a"));
    gone.forget = true;
    this->close(gone);
    EXPECT_TRUE(this->load().owned.empty());
}

TYPED_TEST(LedgerContract, an_intent_spends_its_release_and_gives_it_back_only_when_nothing_was_written) {
    const std::string release(64, 'a');
    IntentOutcome outcome;
    outcome.id = this->open(sample_intent("a", release));
    EXPECT_TRUE(this->load().spent.contains(release));
    this->close(outcome);
    EXPECT_TRUE(this->load().spent.contains(release)) << "sent: spent for good";

    IntentOutcome absent;
    absent.id = this->open(sample_intent("a", release));
    absent.free_release = true;
    this->close(absent);
    EXPECT_TRUE(this->load().spent.contains(release)) << "the other write still spent it";
}

TYPED_TEST(LedgerContract, a_release_is_free_again_when_its_only_write_is_absent_or_was_not_sent) {
    for (const bool sent : {true, false}) {
        IntentOutcome outcome;
        outcome.id = this->open(sample_intent("a", std::string(64, 'b')));
        outcome.sent = sent;
        outcome.free_release = sent;
        this->close(outcome);
        EXPECT_TRUE(this->load().spent.empty());
    }
}

TYPED_TEST(LedgerContract, releases_can_be_spent_without_a_write) {
    LedgerBatch batch;
    batch.spend = {std::string(64, 'c'), std::string(64, 'd')};
    this->commit(batch);
    this->commit(batch);
    EXPECT_EQ(this->load().spent.size(), 2U);
}

TYPED_TEST(LedgerContract, the_tenant_and_the_set_of_paths_are_replaced) {
    LedgerBatch batch;
    batch.pins = LedgerPins{"truefoundry/acme", "key", "rules 1"};
    batch.manifest_paths = std::set<std::string>{"a.yaml", "b.yaml"};
    this->commit(batch);
    LedgerBatch second;
    second.manifest_paths = std::set<std::string>{"b.yaml", "c.yaml"};
    this->commit(second);
    EXPECT_EQ(this->load().pins.tenant, "truefoundry/acme");
    EXPECT_EQ(this->load().manifest_paths, *second.manifest_paths);
    second.manifest_paths = std::set<std::string>{};
    this->commit(second);
    EXPECT_TRUE(this->load().manifest_paths.empty());
}

TYPED_TEST(LedgerContract, known_documents_are_found_by_name_and_go_with_their_entry) {
    LedgerBatch batch;
    batch.adopt = {sample_owned("a"), sample_owned("b"), sample_owned("c")};
    batch.known = {{"a", "{\"n\":1}"}, {"b", "{\"n\":2}"}};
    this->commit(batch);
    EXPECT_EQ(this->known({"a", "b", "c", "nobody"}),
              (std::map<std::string, std::string>{{"a", "{\"n\":1}"}, {"b", "{\"n\":2}"}}));
    IntentOutcome written;
    written.id = this->open(sample_intent("a"));
    written.owned = sample_alone("a");
    written.known = "{\"n\":3}";
    this->close(written);
    EXPECT_EQ(this->known({"a"}).at("a"), "{\"n\":3}");
    IntentOutcome gone;
    gone.id = this->open(sample_intent("a"));
    gone.forget = true;
    this->close(gone);
    LedgerBatch forget;
    forget.forget = {"b"};
    this->commit(forget);
    EXPECT_TRUE(this->known({"a", "b"}).empty());
    LedgerKey other = sample_key();
    other.unit = "other";
    this->commit({}, other);
    this->commit(batch);
    EXPECT_TRUE(run(this->world_.get().known(other, {"a"})).empty());
    run(this->world_.get().drop(sample_key()));
    EXPECT_TRUE(this->known({"a"}).empty());
}

TYPED_TEST(LedgerContract, what_moved_live_is_replaced_as_a_whole_and_settled_by_a_write) {
    EXPECT_EQ(this->load().listed, 0);
    LedgerBatch batch;
    batch.adopt = {sample_owned("a"), sample_owned("b"), sample_owned("c")};
    const std::map<std::string, LiveMove> moved{
        {"a", {sha256("a"), 0, 1000}}, {"b", {Digest{}, 900, 1000}}, {"c", {sha256("c"), 900, 1000}}};
    batch.moved = moved;
    batch.listed = 1000;
    this->commit(batch);
    EXPECT_EQ(this->load().moved, moved);
    EXPECT_EQ(this->load().listed, 1000);
    IntentOutcome written;
    written.id = this->open(sample_intent("a"));
    written.owned = sample_owned("a");
    this->close(written);
    EXPECT_FALSE(this->load().moved.contains("a")) << "it is as we left it again";
    LedgerBatch later;
    later.moved = std::map<std::string, LiveMove>{{"b", {sha256("other"), 1000, 1030}}};
    later.listed = 1030;
    this->commit(later);
    EXPECT_EQ(this->load().moved, *later.moved);
    EXPECT_EQ(this->load().listed, 1030);
    LedgerBatch forget;
    forget.forget = {"b"};
    this->commit(forget);
    EXPECT_TRUE(this->load().moved.empty());
}

TYPED_TEST(LedgerContract, what_carries_the_pause_tag_is_replaced_as_a_whole_and_by_nothing_else) {
    EXPECT_TRUE(this->load().tagged.empty());
    LedgerBatch batch;
    batch.tagged = {{"id-a", 1000}, {"id-b", 1030}, {"id-\"odd\"", 1060}};
    EXPECT_FALSE(batch.empty());
    this->commit(batch);
    EXPECT_EQ(this->load().tagged, *batch.tagged);
    IntentOutcome written;
    written.id = this->open(sample_intent("a"));
    written.owned = sample_owned("a");
    this->close(written);
    EXPECT_TRUE(this->load().tagged.contains("id-a")) << "whether it still carries the tag, the next list tells";
    LedgerKey other = sample_key();
    other.unit = "other";
    this->commit({}, other);
    EXPECT_TRUE(this->load(other).tagged.empty());
    LedgerBatch later;
    later.tagged = std::map<std::string, UnixSeconds>{{"id-b", 1000}};
    this->commit(later);
    EXPECT_EQ(this->load().tagged, *later.tagged);
    this->commit({});
    EXPECT_EQ(this->load().tagged, *later.tagged);
    run(this->world_.get().drop(sample_key()));
    EXPECT_TRUE(this->load().tagged.empty());
}

TYPED_TEST(LedgerContract, units_do_not_see_each_other) {
    LedgerBatch batch;
    batch.adopt = {sample_owned("a")};
    batch.intents = {sample_intent("a", std::string(64, 'e'))};
    this->commit(batch);
    LedgerKey other = sample_key();
    other.unit = "other";
    this->commit({}, other);
    const auto state = this->load(other);
    EXPECT_TRUE(state.owned.empty() && state.open.empty() && state.spent.empty());
    IntentOutcome outcome;
    outcome.id = this->load().open.at(0).id;
    LedgerBatch foreign;
    foreign.outcomes = {outcome};
    EXPECT_THROW(this->commit(foreign, other), Failure);
    EXPECT_EQ(this->load().open.size(), 1U);
}

TYPED_TEST(LedgerContract, a_batch_counts_whole_or_not_at_all) {
    IntentOutcome good;
    good.id = this->open(sample_intent("a"));
    IntentOutcome unknown;
    unknown.id = good.id + 1000;
    LedgerBatch batch;
    batch.adopt = {sample_owned("b")};
    batch.outcomes = {good, unknown};
    EXPECT_THROW(this->commit(batch), Failure);
    EXPECT_TRUE(this->load().owned.empty());
    EXPECT_EQ(this->load().open.size(), 1U);
    batch.outcomes = {good, good};
    EXPECT_THROW(this->commit(batch), Failure) << "closed twice";
    EXPECT_EQ(this->load().open.size(), 1U);
}

TYPED_TEST(LedgerContract, names_are_forgotten_one_by_one_and_a_unit_as_a_whole) {
    LedgerBatch batch;
    batch.adopt = {sample_owned("a"), sample_owned("b")};
    batch.pins = LedgerPins{"t", "key", "rules 1"};
    this->commit(batch);
    LedgerBatch second;
    second.forget = {"a", "never there"};
    this->commit(second);
    EXPECT_EQ(this->load().owned.size(), 1U);
    run(this->world_.get().drop(sample_key()));
    const auto state = this->load();
    EXPECT_TRUE(state.is_new);
    EXPECT_TRUE(state.owned.empty());
    EXPECT_EQ(state.pins.tenant, "");
    run(this->world_.get().drop(sample_key()));
}
