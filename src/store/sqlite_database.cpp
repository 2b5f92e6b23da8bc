#include "store/sqlite_database.h"

#include "store/prepared_statement.h"
#include "store/store_folder.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <numeric>
#include <sqlite3.h>
#include <system_error>
#include <utility>

namespace kedge {

namespace {

std::filesystem::path beside(const std::filesystem::path& file, const char* ending) {
    return file.string() + ending;
}

void run_migrations(SQLite::Database& connection, const Schema& schema, int from) {
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t i = static_cast<std::size_t>(from); i < schema.migrations.size(); ++i) {
        connection.exec(std::string(schema.migrations[i]));
    }
    connection.exec("PRAGMA user_version = " + std::to_string(schema.migrations.size()));
    transaction.commit();
}

std::int64_t pragma(SQLite::Database& connection, const std::string& name) {
    return connection.execAndGet("PRAGMA " + name).getInt64();
}

// Blobs are not copied: they live until the statement has run.
class SqliteStatement final : public Statement {
public:
    SqliteStatement(SQLite::Database& database, const std::string& sql) : statement_(database, sql) {}

    void bind(int index, const Bound& value) override {
        const auto size = static_cast<int>(value.bytes.size());
        switch (value.kind) {
        case Bound::Kind::number:
            return statement_.bind(index, value.number);
        case Bound::Kind::text:
            return statement_.bind(index, std::string(value.bytes));
        case Bound::Kind::bytes:
            return statement_.bindNoCopy(index, data(value), size);
        }
    }
    bool step() override { return statement_.executeStep(); }
    std::int64_t exec() override { return statement_.exec(); }
    Cell cell(int index) const override {
        const auto column = statement_.getColumn(index);
        if (column.isInteger()) return {column.getInt64(), {}};
        const auto* bytes = static_cast<const char*>(column.getBlob());
        return {0, {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(column.getBytes())}};
    }
    void reset(bool without_values) override {
        statement_.tryReset(); // what it failed with was thrown when it ran; this says the same once more
        if (without_values) statement_.clearBindings();
    }

private:
    static const char* data(const Bound& value) { return value.bytes.empty() ? "" : value.bytes.data(); }
    SQLite::Statement statement_;
};

} // namespace

SqliteDatabase::SqliteDatabase(std::filesystem::path file, Schema schema, const SqliteOptions& options)
    : Database("store \"" + file.string() + "\": "), file_(std::move(file)), schema_(std::move(schema)) {
    prepare_store_folder(file_.parent_path());
    guarded("open", [&] {
        std::error_code error;
        if (!std::filesystem::exists(file_, error)) make_file();
        open_file(options);
        judge();
        migrate();
    });
}

std::unique_ptr<Statement> SqliteDatabase::compile(const std::string& sql) {
    return std::make_unique<SqliteStatement>(*connection_, sql);
}

std::vector<std::int64_t> SqliteDatabase::new_ids(const std::string& table, std::size_t count) {
    SQLite::Statement last(*connection_, "SELECT seq FROM sqlite_sequence WHERE name = ?");
    last.bind(1, table);
    std::vector<std::int64_t> ids(count);
    std::iota(ids.begin(), ids.end(), last.executeStep() ? last.getColumn(0).getInt64() + 1 : 1);
    return ids;
}

void SqliteDatabase::transact(TransactionStep step) {
    switch (step) {
    case TransactionStep::begin_read:
        connection_->exec("BEGIN");
        return;
    case TransactionStep::begin_write:
        connection_->exec("BEGIN IMMEDIATE");
        return;
    case TransactionStep::commit:
        connection_->exec("COMMIT");
        return;
    case TransactionStep::roll_back:
        connection_->exec("ROLLBACK");
        return;
    }
}

// A file that stands under its name is complete: it is written beside it and renamed. So an empty one is damage, never
// a beginning.
void SqliteDatabase::make_file() {
    refuse_leftovers();
    const auto draft = beside(file_, ".new");
    std::error_code ignored;
    for (const char* ending : {"", "-journal", "-wal", "-shm"}) std::filesystem::remove(beside(draft, ending), ignored);
    create_private_file(draft);
    {
        SQLite::Database connection(draft.string(), SQLite::OPEN_READWRITE);
        connection.exec("PRAGMA application_id = " + std::to_string(schema_.application_id));
        run_migrations(connection, schema_, 0);
        connection.exec("PRAGMA journal_mode = WAL");
    }
    std::error_code error;
    std::filesystem::rename(draft, file_, error);
    if (error) {
        throw Failure(NextAction::stop,
                      place() + "cannot write: " + error.message() + "; look at the rights of the store's folder");
    }
    sync_folder(file_.parent_path());
}

// A write-ahead log without its file belongs to a file that somebody took away: a new file must not swallow it.
void SqliteDatabase::refuse_leftovers() const {
    std::error_code error;
    if (std::filesystem::exists(beside(file_, "-wal"), error))
        unusable("the file is gone, but its write-ahead log is still there");
}

void SqliteDatabase::open_file(const SqliteOptions& options) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file_, error)) unusable("it is no regular file");
    if (std::filesystem::file_size(file_, error) == 0) unusable("the file is empty");
    connection_ = std::make_unique<SQLite::Database>(file_.string(), SQLite::OPEN_READWRITE, options.busy_ms);
    if (sqlite3_db_readonly(connection_->getHandle(), "main") == 1) {
        throw Failure(NextAction::stop,
                      place() + "cannot write: the file is read-only; give this user the right to write it");
    }
    connection_->exec(schema_.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
    // A pass reads a store once and then only adds to it: pages that were read are not worth their memory.
    connection_->exec("PRAGMA cache_size = -512");
    if (options.max_pages > 0) pragma(*connection_, "max_page_count = " + std::to_string(options.max_pages));
}

void SqliteDatabase::judge() {
    if (pragma(*connection_, "application_id") != schema_.application_id) {
        unusable("it is a database of another program");
    }
    const auto version = pragma(*connection_, "user_version");
    const auto known = static_cast<std::int64_t>(schema_.migrations.size());
    if (version > known) {
        throw UnusableStore(place() + "cannot open: written by a newer kedge (schema " + std::to_string(version) +
                            ", this one knows " + std::to_string(known) + "); use that version again");
    }
    if (version < 1) unusable("it has no schema");
    if (!schema_.check_structure) return;
    const std::string verdict = connection_->execAndGet("PRAGMA quick_check(1)").getString();
    if (verdict != "ok") unusable(verdict);
}

void SqliteDatabase::migrate() {
    const int version = static_cast<int>(pragma(*connection_, "user_version"));
    if (version < static_cast<int>(schema_.migrations.size())) return run_migrations(*connection_, schema_, version);
    // Only asks for the right to write, so that a pass does not begin that could not be recorded.
    SQLite::Transaction probe(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
}

void SqliteDatabase::unusable(const std::string& cause) const {
    throw UnusableStore(place() + "cannot use: damaged: " + cause +
                        "; kedge leaves it as it is: bring back a copy, or move it away and the " +
                        std::string(schema_.kind) + " is made anew");
}

void SqliteDatabase::explain(std::string_view attempt, const std::runtime_error& error) const {
    if (const auto* ours = dynamic_cast<const SQLite::Exception*>(&error)) translate(attempt, *ours);
}

void SqliteDatabase::translate(std::string_view attempt, const SQLite::Exception& error) const {
    const std::string start = place() + "cannot " + std::string(attempt) + ": ";
    switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        throw Failure(NextAction::retry,
                      start + "another process holds the file; nothing was written, it will be tried again");
    case SQLITE_FULL:
        throw Failure(NextAction::retry, start + "the disk is full; nothing was written, free some space");
    case SQLITE_ERROR: // tables or columns that are not there
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        unusable(error.what());
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        throw Failure(NextAction::stop,
                      start + error.what() +
                          "; nothing was written, give this user the right to write the store's folder");
    default:
        throw Failure(NextAction::stop, start + error.what() + "; nothing was written, look at the disk");
    }
}

StoreEngine sqlite_engine(std::filesystem::path store, SqliteOptions options) {
    StoreEngine engine;
    const auto file = [store = std::move(store)](const Schema& schema) {
        return store / (std::string(schema.name) + ".db");
    };
    engine.open = [file, options](const Schema& schema) {
        return std::make_unique<SqliteDatabase>(file(schema), schema, options);
    };
    engine.discard = [file](const Schema& schema) {
        std::error_code ignored;
        for (const char* ending : {"", "-wal", "-shm", "-journal"})
            std::filesystem::remove(beside(file(schema), ending), ignored);
    };
    return engine;
}

StorePlace sqlite_place(const std::filesystem::path& store) {
    StorePlace place;
    place.engine = sqlite_engine(store);
    place.version = [store](const Schema& schema) -> std::int64_t {
        const auto file = store / (std::string(schema.name) + ".db");
        std::error_code error;
        if (!std::filesystem::exists(file, error)) return 0;
        try {
            SQLite::Database database(file.string(), SQLite::OPEN_READONLY);
            return pragma(database, "user_version");
        } catch (const SQLite::Exception& failure) {
            throw UnusableStore("store \"" + file.string() + "\": cannot use: " + failure.what());
        }
    };
    place.raise_ids = [](Database& database, const std::string& table, std::int64_t last) {
        if (last == 0) return;
        PreparedStatement known(database, "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1");
        known.bind(1, table);
        known.bind(2, last);
        if (known.exec() > 0) return;
        PreparedStatement add(database, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)");
        add.bind(1, table);
        add.bind(2, last);
        add.exec();
    };
    return place;
}

} // namespace kedge
