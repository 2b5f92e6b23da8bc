#include "store/database.h"

#include "store/store_folder.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
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

} // namespace

Database::Database(std::filesystem::path file, Schema schema, const SqliteOptions& options)
    : file_(std::move(file)), schema_(std::move(schema)) {
    prepare_store_folder(file_.parent_path());
    guarded("open", [&] {
        std::error_code error;
        if (!std::filesystem::exists(file_, error)) make_file();
        open_file(options);
        judge();
        migrate();
    });
}

std::string Database::place() const {
    return "store \"" + file_.string() + "\": ";
}

// A file that stands under its name is complete: it is written beside it and renamed. So an empty one is damage, never
// a beginning.
void Database::make_file() {
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
void Database::refuse_leftovers() const {
    std::error_code error;
    if (std::filesystem::exists(beside(file_, "-wal"), error))
        unusable("the file is gone, but its write-ahead log is still there");
}

void Database::open_file(const SqliteOptions& options) {
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

void Database::judge() {
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

void Database::migrate() {
    const int version = static_cast<int>(pragma(*connection_, "user_version"));
    if (version < static_cast<int>(schema_.migrations.size())) return run_migrations(*connection_, schema_, version);
    // Only asks for the right to write, so that a pass does not begin that could not be recorded.
    SQLite::Transaction probe(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
}

void Database::unusable(const std::string& cause) const {
    throw UnusableStore(place() + "cannot use: damaged: " + cause +
                        "; kedge leaves it as it is: bring back a copy, or move it away and the " +
                        std::string(schema_.kind) + " is made anew");
}

void Database::translate(std::string_view attempt, const SQLite::Exception& error) const {
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

} // namespace kedge
