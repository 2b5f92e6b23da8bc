#include "store/sqlite_memo.h"

#include "store/encoding.h"
#include "store/prepared_statement.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <algorithm>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE scope (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, row_key TEXT NOT NULL, batch INTEGER NOT NULL) STRICT;
CREATE TABLE file (scope INTEGER NOT NULL, path TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (scope, path)) STRICT, WITHOUT ROWID;
CREATE TABLE live (scope INTEGER NOT NULL, id TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (scope, id)) STRICT, WITHOUT ROWID;
CREATE TABLE known (scope INTEGER NOT NULL, kind INTEGER NOT NULL, digest BLOB NOT NULL, batch INTEGER NOT NULL,
    PRIMARY KEY (scope, kind, digest)) STRICT, WITHOUT ROWID;
)sql";

constexpr int kind_verdict = 0;
constexpr int kind_rehearsed = 1;
constexpr std::int64_t always_kept = 20'000; // of each kind, whatever the number of registrations

Schema memo_schema() {
    Schema schema;
    schema.kind = "memo";
    schema.application_id = 0x6B64676D; // "kdgm"
    schema.migrations = {schema_1};
    schema.durable = false;
    schema.check_structure = false;
    return schema;
}

struct Scope {
    std::int64_t id = 0;
    std::string row_key;
    std::int64_t batch = 0;
};

std::optional<Scope> find_scope(Database& database, const std::string& name) {
    PreparedStatement find(database, "SELECT id, row_key, batch FROM scope WHERE name = ?");
    find.bind(1, name);
    if (!find.executeStep()) return std::nullopt;
    const auto row_key = find.getColumn(1);
    if (row_key.getBytes() != 64) throw BadEncoding("a row key of an impossible length");
    return Scope{find.getColumn(0).getInt64(), row_key.getString(), find.getColumn(2).getInt64()};
}

Scope make_scope(Database& database, const std::string& name) {
    Scope scope;
    scope.row_key = random_hex(32);
    PreparedStatement add(database, "INSERT INTO scope (name, row_key, batch) VALUES (?, ?, 0)");
    add.bind(1, name);
    add.bind(2, scope.row_key);
    add.exec();
    scope.id = database.connection().getLastInsertRowid();
    return scope;
}

std::string_view blob(const SQLite::Column& column) {
    return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

template<class Item, class Decode>
std::vector<Item> read_items(Database& database, const Scope& scope, const std::string& table, Decode decode) {
    PreparedStatement size(database, "SELECT count(*) FROM " + table + " WHERE scope = ?");
    size.bind(1, scope.id);
    size.executeStep();
    std::vector<Item> items;
    items.reserve(static_cast<std::size_t>(size.getColumn(0).getInt64()));
    PreparedStatement rows(database, "SELECT bytes FROM " + table + " WHERE scope = ?");
    rows.bind(1, scope.id);
    while (rows.executeStep()) items.push_back(decode(blob(rows.getColumn(0))));
    return items;
}

std::set<Digest> read_known(Database& database, const Scope& scope, int kind) {
    PreparedStatement rows(database, "SELECT digest FROM known WHERE scope = ? AND kind = ? ORDER BY digest");
    rows.bind(1, scope.id);
    rows.bind(2, kind);
    std::set<Digest> known;
    while (rows.executeStep()) {
        const auto column = rows.getColumn(0);
        Digest digest;
        if (static_cast<std::size_t>(column.getBytes()) != digest.bytes.size())
            throw BadEncoding("a digest of an impossible length");
        std::memcpy(digest.bytes.data(), column.getBlob(), digest.bytes.size());
        known.emplace_hint(known.end(), digest);
    }
    return known;
}

MemoState read(Database& database, const std::string& name) {
    SQLite::Transaction transaction(database.connection());
    auto scope = find_scope(database, name);
    if (!scope) {
        scope = make_scope(database, name);
        transaction.commit();
    }
    MemoState state;
    state.row_key = scope->row_key;
    state.files = read_items<FileIndex>(database, *scope, "file", decode_file);
    state.rows = read_items<LiveEntry>(database, *scope, "live", decode_row);
    state.verdicts = read_known(database, *scope, kind_verdict);
    state.rehearsed = read_known(database, *scope, kind_rehearsed);
    return state;
}

void put(SQLite::Statement& statement, const Scope& scope, const std::string& key, const std::string& bytes) {
    statement.bind(1, scope.id);
    statement.bindNoCopy(2, key);
    statement.bindNoCopy(3, bytes.data(), static_cast<int>(bytes.size()));
    statement.exec();
    statement.reset();
}

void remove(Database& database, const Scope& scope, const char* sql, const std::vector<std::string>& keys) {
    PreparedStatement statement(database, sql);
    for (const auto& key : keys) {
        statement.bind(1, scope.id);
        statement.bindNoCopy(2, key);
        statement.exec();
        statement.reset();
    }
}

void put_known(Database& database, const Scope& scope, int kind, const std::vector<Digest>& digests) {
    PreparedStatement add(database, "INSERT OR REPLACE INTO known (scope, kind, digest, batch) VALUES (?, ?, ?, ?)");
    for (const auto& digest : digests) {
        add.bind(1, scope.id);
        add.bind(2, kind);
        add.bindNoCopy(3, digest.bytes.data(), static_cast<int>(digest.bytes.size()));
        add.bind(4, scope.batch);
        add.exec();
        add.reset();
    }
}

std::int64_t count(Database& database, const char* sql, const Scope& scope, int kind = -1) {
    PreparedStatement statement(database, sql);
    statement.bind(1, scope.id);
    if (kind >= 0) statement.bind(2, kind);
    return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

// Verdicts are never asked to leave, so the oldest go when there are more than four for each registration.
void trim_known(Database& database, const Scope& scope, int kind) {
    const auto all = count(database, "SELECT count(*) FROM known WHERE scope = ? AND kind = ?", scope, kind);
    if (all <= always_kept) return;
    const auto registrations = count(database, "SELECT count(*) FROM live WHERE scope = ?", scope);
    const auto most = std::max(always_kept, 4 * registrations);
    if (all <= most) return;
    PreparedStatement trim(database,
                           "DELETE FROM known WHERE scope = ?1 AND kind = ?2 AND digest IN "
                           "(SELECT digest FROM known WHERE scope = ?1 AND kind = ?2 ORDER BY batch, digest LIMIT ?3)");
    trim.bind(1, scope.id);
    trim.bind(2, kind);
    trim.bind(3, all - most / 2);
    trim.exec();
}

void write(Database& database, const std::string& name, const MemoBatch& batch) {
    SQLite::Transaction transaction(database.connection(), SQLite::TransactionBehavior::IMMEDIATE);
    auto scope = find_scope(database, name);
    if (!scope) scope = make_scope(database, name);
    ++scope->batch;
    PreparedStatement next(database, "UPDATE scope SET batch = ? WHERE id = ?");
    next.bind(1, scope->batch);
    next.bind(2, scope->id);
    next.exec();
    PreparedStatement files(database, "INSERT OR REPLACE INTO file (scope, path, bytes) VALUES (?, ?, ?)");
    remove(database, *scope, "DELETE FROM file WHERE scope = ? AND path = ?", batch.files_gone);
    for (const auto& file : batch.files) put(files, *scope, file.path, encode(file));
    PreparedStatement rows(database, "INSERT OR REPLACE INTO live (scope, id, bytes) VALUES (?, ?, ?)");
    remove(database, *scope, "DELETE FROM live WHERE scope = ? AND id = ?", batch.rows_gone);
    for (const auto& row : batch.rows) put(rows, *scope, row.remote_id, encode(row));
    put_known(database, *scope, kind_verdict, batch.verdicts);
    put_known(database, *scope, kind_rehearsed, batch.rehearsed);
    if (!batch.verdicts.empty()) trim_known(database, *scope, kind_verdict);
    if (!batch.rehearsed.empty()) trim_known(database, *scope, kind_rehearsed);
    transaction.commit();
}

} // namespace

SqliteMemo::SqliteMemo(const std::filesystem::path& store, const SqliteOptions& options)
    : file_(store / "memo.db"), options_(options) {
    const auto nothing = [](Database&) {};
    attempt(nothing);
}

void SqliteMemo::open() {
    if (!database_) database_.emplace(file_, memo_schema(), options_);
}

void SqliteMemo::discard() {
    database_.reset();
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(file_.string() + ending, ignored);
}

bool SqliteMemo::attempt(const std::function<void(Database&)>& work) {
    for (int round = 0; round < 2; ++round) {
        try {
            open();
            database_->guarded("use", [&] { work(*database_); });
            return true;
        } catch (const UnusableStore&) {
            discard();
        } catch (const BadEncoding&) {
            discard();
        } catch (const Failure&) {
            return false; // full disk, no right, another holder: the file may be sound
        }
    }
    return false;
}

Task<MemoState> SqliteMemo::load(std::string scope) {
    auto work = [this, scope = std::move(scope)] {
        MemoState state;
        const bool read_it = attempt([&](Database& database) { state = read(database, scope); });
        if (!read_it) {
            state = MemoState();
            state.row_key = random_hex(32);
        }
        return state;
    };
    co_return co_await worker_.run(std::move(work));
}

Task<void> SqliteMemo::save(std::string scope, MemoBatch batch) {
    auto work = [this, scope = std::move(scope), batch = std::move(batch)] {
        if (!batch.empty()) attempt([&](Database& database) { write(database, scope, batch); });
    };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
