// A store as a whole: copied from each engine to each, nothing of it is lost.
#include "store/store_copy.h"

#include "base/failure.h"
#include "engines.h"
#include "samples.h"
#include "store/chronicle_rows.h"
#include "store/stored_chronicle.h"
#include "store/stored_ledger.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

struct FilePlace {
    InFiles files;
    StorePlace place() const { return sqlite_place(files.scratch.store()); }
};

struct ServerPlace {
    OnServer server;
    StorePlace place() const { return postgres_place(PostgresServer::shared().options(server.prefix)); }
};

template<class A, class B>
struct Way {
    using From = A;
    using To = B;
};

std::int64_t fill_store(const StoreEngine& engine) {
    StoredLedger ledger(engine);
    LedgerBatch batch;
    batch.adopt = {sample_owned("a"), sample_owned("b")};
    batch.adopt.back().path = std::string("a\0\xff", 3);
    batch.known = {{"a", R"({"name":"a"})"}};
    batch.manifest_paths = std::set<std::string>{"a.yaml"};
    batch.intents = {sample_intent("a", "release"), sample_intent("b")};
    const auto ids = run(ledger.commit(sample_key(), batch));
    LedgerBatch closing;
    IntentOutcome outcome;
    outcome.id = ids.back();
    outcome.sent = true;
    closing.outcomes = {outcome};
    run(ledger.commit(sample_key(), closing));
    StoredChronicle chronicle(engine);
    PassRecord record;
    record.at = 100;
    record.by = "Ann";
    ChangeRecord change;
    change.name = "a";
    change.author = "Bob";
    record.changes = {change, change};
    run(chronicle.append(sample_key(), record));
    return ids.back();
}

template<class W>
class StoreCopy : public testing::Test {};

using Ways = testing::Types<Way<FilePlace, FilePlace>, Way<FilePlace, ServerPlace>, Way<ServerPlace, FilePlace>,
                            Way<ServerPlace, ServerPlace>>;
TYPED_TEST_SUITE(StoreCopy, Ways);

} // namespace

TYPED_TEST(StoreCopy, holds_what_the_store_holds) {
    const typename TypeParam::From from;
    const typename TypeParam::To to;
    const auto last = fill_store(from.place().engine);
    copy_store(from.place(), to.place());
    StoredLedger before(from.place().engine);
    StoredLedger after(to.place().engine);
    const auto state = run(after.load(sample_key()));
    EXPECT_EQ(state.owned, run(before.load(sample_key())).owned);
    EXPECT_EQ(state.open, run(before.load(sample_key())).open);
    EXPECT_EQ(state.recent, run(before.load(sample_key())).recent);
    EXPECT_EQ(state.spent, std::set<std::string>{"release"});
    EXPECT_EQ(state.manifest_paths, std::set<std::string>{"a.yaml"});
    EXPECT_EQ(state.owned.size(), 2U);
    EXPECT_EQ(state.open.size(), 1U);
    EXPECT_EQ(run(after.known(sample_key(), {"a"})).size(), 1U);
    StoredChronicle chronicle(to.place().engine);
    const auto passes = run(chronicle.search({}));
    ASSERT_EQ(passes.size(), 1U);
    EXPECT_EQ(passes[0].by, "Ann");
    EXPECT_EQ(passes[0].changes.size(), 2U);
    // An id is never given again, nor does a new row collide with a copied one.
    LedgerBatch batch;
    batch.intents = {sample_intent("c")};
    EXPECT_NE(run(after.commit(sample_key(), batch)).at(0), state.open.at(0).id);
    PassRecord another;
    another.at = 200;
    run(chronicle.append(sample_key(), another));
    EXPECT_EQ(chronicle.problem(), "");
    EXPECT_GT(last, 0);
}

TYPED_TEST(StoreCopy, goes_only_where_nothing_is) {
    const typename TypeParam::From from;
    const typename TypeParam::To to;
    fill_store(from.place().engine);
    fill_store(to.place().engine);
    EXPECT_THROW(copy_store(from.place(), to.place()), Failure);
}

TYPED_TEST(StoreCopy, is_made_of_an_older_store_without_migrating_it) {
    const typename TypeParam::From from;
    const typename TypeParam::To to;
    auto schema = ledger_schema();
    schema.migrations.resize(3);
    from.place().engine.open(schema);
    copy_store(from.place(), to.place());
    EXPECT_EQ(from.place().version(ledger_schema()), 3);
    EXPECT_EQ(to.place().version(ledger_schema()), 3);
    StoredLedger migrated(to.place().engine);
    EXPECT_TRUE(run(migrated.load(sample_key())).is_new);
    EXPECT_EQ(to.place().version(ledger_schema()), 6);
}

TEST(store_copy, that_fails_in_between_has_no_ledger) {
    const FilePlace from;
    const FilePlace to;
    fill_store(from.place().engine);
    std::ofstream(from.files.scratch.store() / "outbox.db") << "no database";
    EXPECT_THROW(copy_store(from.place(), to.place()), Failure);
    EXPECT_GT(to.place().version(chronicle_schema()), 0);
    EXPECT_EQ(to.place().version(ledger_schema()), 0);
}

TEST(store_check, counts_rows_and_says_what_cannot_be_used) {
    const FilePlace files;
    fill_store(files.place().engine);
    std::ofstream(files.files.scratch.store() / "outbox.db") << "no database";
    const auto parts = inspect_store(files.place());
    ASSERT_EQ(parts.size(), 6U);
    EXPECT_EQ(parts[0].name, "ledger");
    EXPECT_EQ(parts[0].version, 6);
    EXPECT_THAT(parts[0].rows, testing::Contains(std::pair<std::string, std::int64_t>("owned", 2)));
    for (const auto& part : parts) EXPECT_EQ(part.problem.empty(), part.name != "outbox") << part.problem;
}
