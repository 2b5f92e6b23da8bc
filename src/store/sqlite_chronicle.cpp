#include "store/sqlite_chronicle.h"

#include "store/prepared_statement.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <string_view>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE pass (
    id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, at INTEGER NOT NULL, revision TEXT NOT NULL,
    title TEXT NOT NULL, writes INTEGER NOT NULL, stopped TEXT NOT NULL) STRICT;
CREATE INDEX pass_by_unit ON pass (unit, id);
CREATE TABLE change (
    pass INTEGER NOT NULL REFERENCES pass (id) ON DELETE CASCADE, name TEXT NOT NULL, action TEXT NOT NULL,
    result TEXT NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL, commit_id TEXT NOT NULL, forced INTEGER NOT NULL) STRICT;
CREATE INDEX change_by_pass ON change (pass);
CREATE INDEX change_by_name ON change (name);
)sql";

Schema chronicle_schema() {
    Schema schema;
    schema.kind = "chronicle";
    schema.application_id = 0x6B646763; // "kdgc"
    schema.migrations = {schema_1};
    schema.durable = false;
    schema.check_structure = false;
    return schema;
}

std::string scope_of(const LedgerKey& key) {
    return key.installation + "." + key.unit + "@" + key.target;
}

void add_changes(Database& database, std::int64_t pass, const std::vector<ChangeRecord>& changes) {
    PreparedStatement add(database, "INSERT INTO change (pass, name, action, result, text, digest, commit_id, forced) "
                                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& change : changes) {
        int index = 1;
        add.bind(index++, pass);
        for (const auto* text :
             {&change.name, &change.action, &change.result, &change.text, &change.digest, &change.commit})
            add.bindNoCopy(index++, *text);
        add.bind(index, change.forced ? 1 : 0);
        add.exec();
        add.reset();
    }
}

void write(Database& database, const std::string& scope, const PassRecord& record, int most_passes) {
    auto& connection = database.connection();
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    PreparedStatement add(database, "INSERT INTO pass (unit, at, revision, title, writes, stopped) "
                                    "VALUES (?, ?, ?, ?, ?, ?)");
    add.bind(1, scope);
    add.bind(2, record.at);
    add.bind(3, record.revision);
    add.bind(4, record.title);
    add.bind(5, record.writes);
    add.bind(6, record.stopped);
    add.exec();
    add_changes(database, database.connection().getLastInsertRowid(), record.changes);
    for (const char* sql :
         {"DELETE FROM change WHERE pass IN (SELECT id FROM pass WHERE unit = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
          "DELETE FROM pass WHERE id IN (SELECT id FROM pass WHERE unit = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)"}) {
        PreparedStatement forget(database, sql);
        forget.bind(1, scope);
        forget.bind(2, most_passes);
        forget.exec();
    }
    transaction.commit();
}

std::vector<ChangeRecord> changes_of(Database& database, std::int64_t pass, const std::string& name) {
    PreparedStatement rows(database, "SELECT name, action, result, text, digest, commit_id, forced FROM change "
                                     "WHERE pass = ?1 AND (?2 = '' OR name = ?2) ORDER BY rowid");
    rows.bind(1, pass);
    rows.bind(2, name);
    std::vector<ChangeRecord> all;
    while (rows.executeStep()) {
        ChangeRecord change;
        int column = 0;
        for (auto* text : {&change.name, &change.action, &change.result, &change.text, &change.digest, &change.commit})
            *text = rows.getColumn(column++).getString();
        change.forced = rows.getColumn(column).getInt() != 0;
        all.push_back(std::move(change));
    }
    return all;
}

std::vector<PassRecord> read(Database& database, const std::string& scope, const std::string& name, int most) {
    auto& connection = database.connection();
    SQLite::Transaction snapshot(connection);
    PreparedStatement rows(database,
                           "SELECT id, at, revision, title, writes, stopped FROM pass WHERE unit = ?1 AND "
                           "(?2 = '' OR id IN (SELECT pass FROM change WHERE name = ?2)) ORDER BY id DESC LIMIT ?3");
    rows.bind(1, scope);
    rows.bind(2, name);
    rows.bind(3, most);
    std::vector<PassRecord> all;
    while (rows.executeStep()) {
        PassRecord record;
        record.id = rows.getColumn(0).getInt64();
        record.at = rows.getColumn(1).getInt64();
        record.revision = rows.getColumn(2).getString();
        record.title = rows.getColumn(3).getString();
        record.writes = rows.getColumn(4).getInt();
        record.stopped = rows.getColumn(5).getString();
        record.changes = changes_of(database, record.id, name);
        all.push_back(std::move(record));
    }
    return all;
}

} // namespace

SqliteChronicle::SqliteChronicle(const std::filesystem::path& store, int most_passes, const SqliteOptions& options)
    : most_passes_(most_passes) {
    try {
        database_.emplace(store / "chronicle.db", chronicle_schema(), options);
    } catch (const Failure& failure) {
        problem_ = failure.what();
    }
}

Task<void> SqliteChronicle::append(LedgerKey key, PassRecord record) {
    auto work = [this, key = std::move(key), record = std::move(record)] {
        if (!database_) return;
        try {
            database_->guarded("write", [&] { write(*database_, scope_of(key), record, most_passes_); });
        } catch (const Failure& failure) {
            problem_ = failure.what(); // a history with a gap is better than a pass that fails for it
        }
    };
    co_await worker_.run(std::move(work));
}

Task<std::vector<PassRecord>> SqliteChronicle::recent(LedgerKey key, std::string name, int most) {
    auto work = [this, key = std::move(key), name = std::move(name), most] {
        if (!database_) throw Failure(NextAction::stop, problem_);
        return database_->guarded("read", [&] { return read(*database_, scope_of(key), name, most); });
    };
    co_return co_await worker_.run(std::move(work));
}

} // namespace kedge
