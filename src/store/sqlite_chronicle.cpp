#include "store/sqlite_chronicle.h"

#include "store/chronicle_rows.h"

#include <SQLiteCpp/Transaction.h>
#include <utility>

namespace kedge {

namespace {

constexpr UnixSeconds seconds_a_day = 86'400;

void write(Database& database, const LedgerKey& key, const PassRecord& record) {
    ChronicleRows rows(database);
    SQLite::Transaction transaction(database.connection(), SQLite::TransactionBehavior::IMMEDIATE);
    rows.add(key, record);
    transaction.commit();
}

} // namespace

SqliteChronicle::SqliteChronicle(const std::filesystem::path& store, const Retention& retention,
                                 const SqliteOptions& options)
    : retention_(retention) {
    try {
        database_.emplace(store / "chronicle.db", chronicle_schema(), options);
    } catch (const Failure& failure) {
        problem_ = failure.what();
    }
}

// What is old goes in small steps with what comes: a clock that jumped ahead for a moment costs a few passes, not all.
Task<void> SqliteChronicle::append(LedgerKey key, PassRecord record) {
    if (!database_) co_return;
    auto work = [this, key = std::move(key), record = std::move(record)]() -> std::string {
        try {
            database_->guarded("write", [&] {
                const auto scope = chronicle_scope(key);
                ChronicleRows rows(*database_);
                auto known = passes_.find(scope);
                if (known == passes_.end()) known = passes_.emplace(scope, rows.count(scope)).first;
                // In a transaction of its own and first: a full disk may have room again after it.
                SQLite::Transaction transaction(database_->connection(), SQLite::TransactionBehavior::IMMEDIATE);
                const auto before = record.at - retention_.days * seconds_a_day;
                const auto gone = rows.forget_some(before, scope, known->second + 1 - retention_.most_passes);
                transaction.commit();
                known->second -= gone;
                write(*database_, key, record);
                ++known->second;
            });
            return {};
        } catch (const Failure& failure) {
            return failure.what(); // a history with a gap is better than a pass that fails for it
        }
    };
    problem_ = co_await worker_.run(std::move(work));
}

Task<std::vector<PassRecord>> SqliteChronicle::recent(LedgerKey key, std::string name, int most) {
    if (!database_) throw Failure(NextAction::stop, problem_);
    auto work = [this, key = std::move(key), name = std::move(name), most] {
        return database_->guarded("read", [&] {
            SQLite::Transaction snapshot(database_->connection());
            ChronicleRows rows(*database_);
            return rows.recent(chronicle_scope(key), name, most);
        });
    };
    co_return co_await worker_.run(std::move(work));
}

Task<std::vector<PassRecord>> SqliteChronicle::search(HistoryQuery query) {
    if (!database_) throw Failure(NextAction::stop, problem_);
    auto work = [this, query = std::move(query)] {
        return database_->guarded("read", [&] {
            SQLite::Transaction snapshot(database_->connection());
            ChronicleRows rows(*database_);
            return rows.search(query);
        });
    };
    co_return co_await worker_.run(std::move(work));
}

} // namespace kedge
