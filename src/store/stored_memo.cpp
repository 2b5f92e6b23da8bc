#include "store/stored_memo.h"

#include "store/encoding.h"
#include "store/prepared_statement.h"

#include <algorithm>
#include <string_view>
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

struct Scope {
    std::int64_t id = 0;
    std::string row_key;
    std::int64_t batch = 0;
};

std::optional<Scope> find_scope(Database& database, const std::string& name) {
    PreparedStatement find(database, "SELECT id, row_key, batch FROM scope WHERE name = ?");
    find.bind(1, name);
    if (!find.step()) return std::nullopt;
    if (find.bytes(1).size() != 64) throw BadEncoding("a row key of an impossible length");
    return Scope{find.number(0), find.text(1), find.number(2)};
}

Scope make_scope(Database& database, const std::string& name) {
    Scope scope;
    scope.row_key = random_hex(32);
    PreparedStatement add(database, "INSERT INTO scope (name, row_key, batch) VALUES (?, ?, 0) RETURNING id");
    add.bind(1, name);
    add.bind(2, scope.row_key);
    scope.id = add.exec_for_id();
    return scope;
}

template<class Item, class Decode>
std::vector<Item> read_items(Database& database, const Scope& scope, const std::string& table, Decode decode) {
    PreparedStatement size(database, "SELECT count(*) FROM " + table + " WHERE scope = ?");
    size.bind(1, scope.id);
    size.step();
    std::vector<Item> items;
    items.reserve(static_cast<std::size_t>(size.number(0)));
    PreparedStatement rows(database, "SELECT bytes FROM " + table + " WHERE scope = ?");
    rows.bind(1, scope.id);
    while (rows.step()) items.push_back(decode(rows.bytes(0)));
    return items;
}

std::set<Digest> read_known(Database& database, const Scope& scope, int kind) {
    PreparedStatement rows(database, "SELECT digest FROM known WHERE scope = ? AND kind = ? ORDER BY digest");
    rows.bind(1, scope.id);
    rows.bind(2, kind);
    std::set<Digest> known;
    while (rows.step()) {
        Digest digest;
        if (!rows.read_digest(0, digest)) throw BadEncoding("a digest of an impossible length");
        known.emplace_hint(known.end(), digest);
    }
    return known;
}

MemoState read(Database& database, const std::string& name) {
    if (!find_scope(database, name)) make_scope(database, name);
    const Transaction snapshot(database, Transaction::Kind::read);
    const auto scope = find_scope(database, name);
    if (!scope) throw BadEncoding("a scope that was just made is not there");
    MemoState state;
    state.row_key = scope->row_key;
    state.files = read_items<FileIndex>(database, *scope, "file", decode_file);
    state.rows = read_items<LiveEntry>(database, *scope, "live", decode_row);
    state.verdicts = read_known(database, *scope, kind_verdict);
    state.rehearsed = read_known(database, *scope, kind_rehearsed);
    return state;
}

void put(PreparedStatement& statement, const Scope& scope, const std::string& key, const std::string& bytes) {
    statement.bind(1, scope.id);
    statement.bind(2, key);
    statement.bind_bytes(3, bytes);
    statement.exec();
    statement.reset();
}

void remove(Database& database, const Scope& scope, const char* sql, const std::vector<std::string>& keys) {
    PreparedStatement statement(database, sql);
    for (const auto& key : keys) {
        statement.bind(1, scope.id);
        statement.bind(2, key);
        statement.exec();
        statement.reset();
    }
}

void put_known(Database& database, const Scope& scope, int kind, const std::vector<Digest>& digests) {
    PreparedStatement add(database, upsert("known", "scope, kind, digest", "batch"));
    for (const auto& digest : digests) {
        add.bind(1, scope.id);
        add.bind(2, kind);
        add.bind_digest(3, digest);
        add.bind(4, scope.batch);
        add.exec();
        add.reset();
    }
}

std::int64_t count(Database& database, const char* sql, const Scope& scope, int kind = -1) {
    PreparedStatement statement(database, sql);
    statement.bind(1, scope.id);
    if (kind >= 0) statement.bind(2, kind);
    return statement.step() ? statement.number(0) : 0;
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
    Transaction transaction(database, Transaction::Kind::write);
    auto scope = find_scope(database, name);
    if (!scope) scope = make_scope(database, name);
    ++scope->batch;
    PreparedStatement next(database, "UPDATE scope SET batch = ? WHERE id = ?");
    next.bind(1, scope->batch);
    next.bind(2, scope->id);
    next.exec();
    PreparedStatement files(database, upsert("file", "scope, path", "bytes"));
    remove(database, *scope, "DELETE FROM file WHERE scope = ? AND path = ?", batch.files_gone);
    for (const auto& file : batch.files) put(files, *scope, file.path, encode(file));
    PreparedStatement rows(database, upsert("live", "scope, id", "bytes"));
    remove(database, *scope, "DELETE FROM live WHERE scope = ? AND id = ?", batch.rows_gone);
    for (const auto& row : batch.rows) put(rows, *scope, row.remote_id, encode(row));
    put_known(database, *scope, kind_verdict, batch.verdicts);
    put_known(database, *scope, kind_rehearsed, batch.rehearsed);
    if (!batch.verdicts.empty()) trim_known(database, *scope, kind_verdict);
    if (!batch.rehearsed.empty()) trim_known(database, *scope, kind_rehearsed);
    transaction.commit();
}

} // namespace

Schema memo_schema() {
    Schema schema;
    schema.name = "memo";
    schema.kind = "memo";
    schema.application_id = 0x6B64676D; // "kdgm"
    schema.migrations = {schema_1};
    schema.durable = false;
    schema.check_structure = false;
    return schema;
}

StoredMemo::StoredMemo(StoreEngine engine) : engine_(std::move(engine)) {
    const auto nothing = [](Database&) {};
    attempt(nothing);
}

void StoredMemo::open() {
    if (!database_) database_ = engine_.open(memo_schema());
}

void StoredMemo::discard() {
    database_.reset();
    engine_.discard(memo_schema());
}

bool StoredMemo::attempt(const std::function<void(Database&)>& work) {
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

Task<MemoState> StoredMemo::load(std::string scope) {
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

Task<void> StoredMemo::save(std::string scope, MemoBatch batch) {
    auto work = [this, scope = std::move(scope), batch = std::move(batch)] {
        if (!batch.empty()) attempt([&](Database& database) { write(database, scope, batch); });
    };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
