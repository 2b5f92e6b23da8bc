#include "store/sqlite_outbox.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <string_view>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, format TEXT NOT NULL, kind TEXT NOT NULL,
    delivery TEXT NOT NULL, body TEXT NOT NULL, made INTEGER NOT NULL) STRICT;
CREATE TABLE told (unit TEXT NOT NULL, what TEXT NOT NULL, PRIMARY KEY (unit, what)) STRICT, WITHOUT ROWID;
)sql";

Schema outbox_schema() {
    Schema schema;
    schema.kind = "outbox";
    schema.application_id = 0x6B64676F; // "kdgo"
    schema.migrations = {schema_1};
    return schema;
}

OutboxState read(Database& database) {
    OutboxState state;
    SQLite::Transaction snapshot(database.connection());
    PreparedStatement messages(database,
                               "SELECT id, receiver, format, kind, delivery, body, made FROM message ORDER BY id");
    while (messages.executeStep()) {
        OutboxMessage message;
        message.id = messages.getColumn(0).getInt64();
        int column = 1;
        for (auto* text : {&message.receiver, &message.format, &message.kind, &message.delivery, &message.body})
            *text = messages.getColumn(column++).getString();
        message.made = messages.getColumn(column).getInt64();
        state.waiting.push_back(std::move(message));
    }
    PreparedStatement told(database, "SELECT unit, what FROM told");
    while (told.executeStep()) state.told[told.getColumn(0).getString()].insert(told.getColumn(1).getString());
    return state;
}

std::vector<std::int64_t> write(Database& database, const std::vector<OutboxMessage>& messages, const std::string& unit,
                                const Told& told) {
    std::vector<std::int64_t> ids;
    SQLite::Transaction transaction(database.connection(), SQLite::TransactionBehavior::IMMEDIATE);
    PreparedStatement add(database, "INSERT INTO message (receiver, format, kind, delivery, body, made) "
                                    "VALUES (?, ?, ?, ?, ?, ?)");
    for (const auto& message : messages) {
        int index = 1;
        for (const auto* text : {&message.receiver, &message.format, &message.kind, &message.delivery, &message.body})
            add.bindNoCopy(index++, *text);
        add.bind(index, message.made);
        add.exec();
        add.reset();
        ids.push_back(database.connection().getLastInsertRowid());
    }
    PreparedStatement forget(database, "DELETE FROM told WHERE unit = ?");
    forget.bind(1, unit);
    forget.exec();
    PreparedStatement know(database, "INSERT INTO told (unit, what) VALUES (?, ?)");
    for (const auto& what : told) {
        know.bind(1, unit);
        know.bind(2, what);
        know.exec();
        know.reset();
    }
    transaction.commit();
    return ids;
}

void forget(Database& database, const std::vector<std::int64_t>& ids) {
    SQLite::Transaction transaction(database.connection(), SQLite::TransactionBehavior::IMMEDIATE);
    PreparedStatement remove(database, "DELETE FROM message WHERE id = ?");
    for (const auto id : ids) {
        remove.bind(1, id);
        remove.exec();
        remove.reset();
    }
    transaction.commit();
}

} // namespace

SqliteOutbox::SqliteOutbox(const std::filesystem::path& store, const SqliteOptions& options) {
    try {
        database_.emplace(store / "outbox.db", outbox_schema(), options);
    } catch (const Failure& failure) {
        problem_ = failure.what();
    }
}

void SqliteOutbox::want_file() const {
    if (!database_) throw Failure(NextAction::stop, problem_);
}

Task<OutboxState> SqliteOutbox::load() {
    want_file();
    auto work = [this] { return database_->guarded("read", [this] { return read(*database_); }); };
    co_return co_await worker_.run(std::move(work));
}

Task<std::vector<std::int64_t>> SqliteOutbox::add(std::vector<OutboxMessage> messages, std::string unit, Told told) {
    want_file();
    auto work = [this, messages = std::move(messages), unit = std::move(unit), told = std::move(told)] {
        return database_->guarded("write", [&] { return write(*database_, messages, unit, told); });
    };
    co_return co_await worker_.run(std::move(work));
}

Task<void> SqliteOutbox::remove(std::vector<std::int64_t> ids) {
    want_file();
    auto work = [this, ids = std::move(ids)] { database_->guarded("write", [&] { forget(*database_, ids); }); };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
