#include "store/stored_outbox.h"

#include "store/prepared_statement.h"

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

OutboxState read(Database& database) {
    OutboxState state;
    Transaction snapshot(database, Transaction::Kind::read);
    PreparedStatement messages(database,
                               "SELECT id, receiver, format, kind, delivery, body, made FROM message ORDER BY id");
    while (messages.step()) {
        OutboxMessage message;
        message.id = messages.number(0);
        int column = 1;
        for (auto* text : {&message.receiver, &message.format, &message.kind, &message.delivery, &message.body})
            *text = messages.text(column++);
        message.made = messages.number(column);
        state.waiting.push_back(std::move(message));
    }
    PreparedStatement told(database, "SELECT unit, what FROM told");
    while (told.step()) state.told[told.text(0)].insert(told.text(1));
    return state;
}

std::vector<std::int64_t> write(Database& database, const std::vector<OutboxMessage>& messages, const std::string& unit,
                                const Told& told) {
    std::vector<std::int64_t> ids;
    Transaction transaction(database, Transaction::Kind::write);
    PreparedStatement add(database, "INSERT INTO message (receiver, format, kind, delivery, body, made) "
                                    "VALUES (?, ?, ?, ?, ?, ?) RETURNING id");
    for (const auto& message : messages) {
        int index = 1;
        for (const auto* text : {&message.receiver, &message.format, &message.kind, &message.delivery, &message.body})
            add.bind(index++, *text);
        add.bind(index, message.made);
        ids.push_back(add.exec_for_id());
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
    Transaction transaction(database, Transaction::Kind::write);
    PreparedStatement remove(database, "DELETE FROM message WHERE id = ?");
    for (const auto id : ids) {
        remove.bind(1, id);
        remove.exec();
        remove.reset();
    }
    transaction.commit();
}

} // namespace

Schema outbox_schema() {
    Schema schema;
    schema.name = "outbox";
    schema.kind = "outbox";
    schema.application_id = 0x6B64676F; // "kdgo"
    schema.migrations = {schema_1};
    return schema;
}

StoredOutbox::StoredOutbox(const StoreEngine& engine) {
    try {
        database_ = engine.open(outbox_schema());
    } catch (const Failure& failure) {
        problem_ = failure.what();
    }
}

void StoredOutbox::want_database() const {
    if (!database_) throw Failure(NextAction::stop, problem_);
}

Task<OutboxState> StoredOutbox::load() {
    want_database();
    auto work = [this] { return database_->guarded("read", [this] { return read(*database_); }); };
    co_return co_await worker_.run(std::move(work));
}

Task<std::vector<std::int64_t>> StoredOutbox::add(std::vector<OutboxMessage> messages, std::string unit, Told told) {
    want_database();
    auto work = [this, messages = std::move(messages), unit = std::move(unit), told = std::move(told)] {
        return database_->guarded("write", [&] { return write(*database_, messages, unit, told); });
    };
    co_return co_await worker_.run(std::move(work));
}

Task<void> StoredOutbox::remove(std::vector<std::int64_t> ids) {
    want_database();
    auto work = [this, ids = std::move(ids)] { database_->guarded("write", [&] { forget(*database_, ids); }); };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
