// A store of an older kedge is taken over as it is, by every engine and from every schema there ever was: nothing of it
// is lost, and what it did not know yet is unknown.
#include "samples.h"
#include "scratch.h"
#include "store/schemas.h"
#include "store/sqlite_database.h"
#include "store/store_copy.h"
#include "store/stored_chronicle.h"
#include "store/stored_ledger.h"
#include "tests/store/engines.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace kedge;

namespace {

const LedgerKey key{"prod", "tools", "target"};

// The file as a kedge of that schema left it.
void make_store_file(const Scratch& scratch, const std::string& sql, const std::string& name) {
    std::filesystem::create_directories(scratch.store());
    std::filesystem::permissions(scratch.store(), std::filesystem::perms::owner_all);
    std::ifstream stream(std::string(KEDGE_SOURCE_DIR) + "/tests/store/" + sql, std::ios::binary);
    ASSERT_TRUE(stream);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    SQLite::Database database((scratch.store() / name).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(text);
    database.exec("PRAGMA journal_mode = WAL");
}

void make_ledger(const Scratch& scratch, const std::string& sql) {
    make_store_file(scratch, sql, "ledger.db");
}

std::int64_t version_of(const Scratch& scratch) {
    SQLite::Database database((scratch.store() / "ledger.db").string(), SQLite::OPEN_READONLY);
    return database.execAndGet("PRAGMA user_version").getInt64();
}

Schema at_schema(Schema schema, std::size_t version) {
    schema.migrations.resize(version);
    return schema;
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

namespace {

// What a kedge whose ledger had this schema could know.
LedgerBatch what_was_known(std::size_t version) {
    LedgerBatch batch;
    batch.adopt = {sample_owned("a"), sample_owned("b")};
    batch.adopt[0].superseded.clear();
    batch.adopt[0].hidden = {};
    if (version < 2) batch.adopt[1].superseded.clear();
    if (version < 4) batch.adopt[1].hidden = {};
    batch.intents = {sample_intent("a", "release"), sample_intent("b")};
    for (auto& intent : batch.intents) {
        if (version < 2) intent.known_ids.clear();
        intent.prune_never = version >= 6;
    }
    batch.spend = {"another"};
    batch.pins = LedgerPins{"tenant", "key", "rules 1", "commit"};
    batch.manifest_paths = std::set<std::string>{"a.yaml", "b.yaml"};
    if (version >= 3) {
        batch.known = {{"a", R"({"name":"a"})"}};
        batch.moved = std::map<std::string, LiveMove>{{"b", {sha256("live"), 5, 6}}};
        batch.listed = 1'800'000'000;
    }
    if (version >= 5) batch.tagged = std::map<std::string, UnixSeconds>{{"id", 1'800'000'000}};
    return batch;
}

// The rows of `whole` in a store of an older schema: columns that it did not have yet are left out.
void as_older(const Scratch& whole, const Scratch& older, std::size_t version) {
    sqlite_engine(older.store()).open(at_schema(ledger_schema(), version));
    SQLite::Database file((older.store() / "ledger.db").string(), SQLite::OPEN_READWRITE);
    file.exec("ATTACH '" + (whole.store() / "ledger.db").string() + "' AS whole");
    SQLite::Statement tables(file, "SELECT t.name, group_concat(c.name) FROM main.sqlite_master t, "
                                   "pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> 'sqlite_sequence' "
                                   "GROUP BY t.name");
    std::vector<std::string> copies;
    while (tables.executeStep()) {
        const auto name = tables.getColumn(0).getString();
        const auto columns = tables.getColumn(1).getString();
        copies.push_back("INSERT INTO main." + name + " (" + columns + ") SELECT " + columns + " FROM whole." + name);
    }
    tables.reset();
    EXPECT_GE(copies.size(), 6U);
    for (const auto& copy : copies) file.exec(copy);
}

template<class Place>
class EveryMigration : public testing::Test {};

struct OfFiles {
    InFiles files;
    // As the older store lies there.
    StoreEngine take(const Scratch& older) {
        std::filesystem::copy(older.store(), files.scratch.store(), std::filesystem::copy_options::recursive);
        return files.engine();
    }
};

struct OfServer {
    OnServer server;
    StoreEngine take(const Scratch& older) {
        const auto to = postgres_place(PostgresServer::shared().options(server.prefix));
        for (const auto& part : copy_store(sqlite_place(older.store()), to)) EXPECT_EQ(part.problem, "");
        return server.engine();
    }
};

using MigratedPlaces = testing::Types<OfFiles, OfServer>;
TYPED_TEST_SUITE(EveryMigration, MigratedPlaces);

} // namespace

TYPED_TEST(EveryMigration, keeps_all_that_a_ledger_of_any_schema_knew) {
    const auto newest = ledger_schema().migrations.size();
    for (std::size_t version = 1; version <= newest; ++version) {
        SCOPED_TRACE(version);
        const Scratch whole;
        StoredLedger reference(sqlite_engine(whole.store()));
        run(reference.commit(key, what_was_known(version)));
        const auto expected = run(reference.load(key));
        const Scratch older;
        as_older(whole, older, version);
        TypeParam place;
        const auto engine = place.take(older);
        StoredLedger ledger(engine);
        const auto state = run(ledger.load(key));
        EXPECT_FALSE(state.is_new);
        EXPECT_EQ(state.owned, expected.owned);
        EXPECT_EQ(state.open, expected.open);
        EXPECT_EQ(state.spent, expected.spent);
        EXPECT_EQ(state.pins, expected.pins);
        EXPECT_EQ(state.manifest_paths, expected.manifest_paths);
        EXPECT_EQ(state.moved, expected.moved);
        EXPECT_EQ(state.listed, expected.listed);
        EXPECT_EQ(state.tagged, expected.tagged);
        EXPECT_EQ(run(ledger.known(key, {"a", "b"})), run(reference.known(key, {"a", "b"})));
        // And it can be written to as any other.
        IntentOutcome outcome;
        outcome.id = state.open.at(0).id;
        LedgerBatch batch;
        batch.outcomes = {outcome};
        batch.intents = {sample_intent("c")};
        EXPECT_GT(run(ledger.commit(key, batch)).at(0), state.open.back().id);
        EXPECT_EQ(run(ledger.load(key)).recent.size(), 1U);
    }
}

TYPED_TEST(EveryMigration, keeps_the_files_that_older_versions_really_wrote) {
    const Scratch older;
    make_ledger(older, "ledger_1.sql");
    make_store_file(older, "chronicle_1.sql", "chronicle.db");
    TypeParam place;
    const auto engine = place.take(older);
    StoredLedger ledger(engine);
    EXPECT_EQ(run(ledger.load(key)).owned.size(), 2U);
    EXPECT_EQ(run(ledger.load(key)).recent.size(), 2U);
    StoredChronicle chronicle(engine);
    ASSERT_EQ(chronicle.problem(), "");
    const auto found = run(chronicle.search({}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].title, "Add github");
}

// A store was made by the text as it was then: another text under the same number would be another store.
TEST(migrations, that_were_released_never_change) {
    std::string all;
    for (const auto& schema : store_schemas()) {
        for (std::size_t i = 0; i < schema.migrations.size(); ++i)
            all += std::string(schema.name) + " " + std::to_string(i + 1) + " " +
                   sha256(std::string(schema.migrations[i])).hex().substr(0, 12) + "\n";
    }
    EXPECT_EQ(all, "ledger 1 d35c8f9581ce\n"
                   "ledger 2 70d9f696ae3a\n"
                   "ledger 3 201cd62498b3\n"
                   "ledger 4 0a25ec30ee7b\n"
                   "ledger 5 cbd90c0725cd\n"
                   "ledger 6 d25ddf7abcf5\n"
                   "chronicle 1 bf44f703e75c\n"
                   "chronicle 2 64d2ff8c0e67\n"
                   "stoppages 1 a1baaa9b355f\n"
                   "previews 1 1006173a9bcb\n"
                   "outbox 1 af923a0399bc\n"
                   "memo 1 67152a938237\n");
}
