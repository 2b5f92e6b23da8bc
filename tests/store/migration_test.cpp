// A store of an older kedge is taken over as it is: nothing of it is lost, and what it did not know yet is unknown.
#include "samples.h"
#include "scratch.h"
#include "store/sqlite_database.h"
#include "store/stored_ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace kedge;

namespace {

const LedgerKey key{"prod", "tools", "target"};

// The file as a kedge of that schema left it.
void make_ledger(const Scratch& scratch, const std::string& sql) {
    std::filesystem::create_directories(scratch.store());
    std::filesystem::permissions(scratch.store(), std::filesystem::perms::owner_all);
    std::ifstream stream(std::string(KEDGE_SOURCE_DIR) + "/tests/store/" + sql, std::ios::binary);
    ASSERT_TRUE(stream);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    SQLite::Database database((scratch.store() / "ledger.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(text);
    database.exec("PRAGMA journal_mode = WAL");
}

std::int64_t version_of(const Scratch& scratch) {
    SQLite::Database database((scratch.store() / "ledger.db").string(), SQLite::OPEN_READONLY);
    return database.execAndGet("PRAGMA user_version").getInt64();
}

} // namespace

TEST(ledger_migration, a_store_of_schema_1_keeps_all_that_it_knew) {
    Scratch scratch;
    make_ledger(scratch, "ledger_1.sql");
    {
        StoredLedger ledger(sqlite_engine(scratch.store()));
        const auto state = run(ledger.load(key));
        EXPECT_FALSE(state.is_new);
        ASSERT_EQ(state.owned.size(), 2U);
        EXPECT_EQ(state.owned.at("github").remote_id, "cc25ujigo1vf8rj4yuxhs3tom");
        EXPECT_TRUE(state.owned.at("github").marked);
        EXPECT_TRUE(state.owned.at("github").hidden.empty()) << "nobody noted it then: unknown is no difference";
        EXPECT_EQ(state.pins.tenant, "truefoundry/acme");
        EXPECT_EQ(state.recent.size(), 2U);
        EXPECT_EQ(state.manifest_paths, (std::set<std::string>{"github.yaml", "jira.yaml"}));
        EXPECT_TRUE(state.moved.empty());
        EXPECT_EQ(state.listed, 0) << "nobody noted a list yet";
        EXPECT_TRUE(run(ledger.known(key, {"github", "jira"})).empty());
        LedgerBatch batch;
        batch.known = {{"github", R"({"name":"github"})"}};
        batch.listed = 1'800'000'000;
        EXPECT_TRUE(state.tagged.empty());
        batch.tagged = {{"cc25ujigo1vf8rj4yuxhs3tom", 1'800'000'000}};
        run(ledger.commit(key, batch));
    }
    EXPECT_EQ(version_of(scratch), 6);
    StoredLedger again(sqlite_engine(scratch.store()));
    EXPECT_EQ(run(again.load(key)).owned.size(), 2U);
    EXPECT_EQ(run(again.load(key)).listed, 1'800'000'000);
    EXPECT_EQ(run(again.load(key)).tagged.size(), 1U);
    EXPECT_EQ(run(again.known(key, {"github", "jira"})).size(), 1U);
}

TEST(ledger_migration, a_store_that_a_migration_cannot_be_written_to_stays_at_its_schema) {
    Scratch scratch;
    make_ledger(scratch, "ledger_1.sql");
    SqliteOptions options;
    options.max_pages = 1;
    EXPECT_THROW(StoredLedger(sqlite_engine(scratch.store(), options)), Failure);
    EXPECT_EQ(version_of(scratch), 1);
    StoredLedger with_space(sqlite_engine(scratch.store()));
    EXPECT_EQ(run(with_space.load(key)).owned.size(), 2U);
}
