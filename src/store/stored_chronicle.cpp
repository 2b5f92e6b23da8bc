#include "store/stored_chronicle.h"

#include "store/chronicle_rows.h"

#include <utility>

namespace kedge {

namespace {

constexpr UnixSeconds seconds_a_day = 86'400;

void write(Database& database, const LedgerKey& key, const PassRecord& record) {
    ChronicleRows rows(database);
    Transaction transaction(database, Transaction::Kind::write);
    rows.add(key, record);
    transaction.commit();
}

} // namespace

StoredChronicle::StoredChronicle(const StoreEngine& engine, const Retention& retention) : retention_(retention) {
    try {
        database_ = engine.open(chronicle_schema());
    } catch (const Failure& failure) {
        problem_ = failure.what();
    }
}

// What is old goes in small steps with what comes: a clock that jumped ahead for a moment costs a few passes, not all.
Task<void> StoredChronicle::append(LedgerKey key, PassRecord record) {
    if (!database_) co_return;
    auto work = [this, key = std::move(key), record = std::move(record)]() -> std::string {
        try {
            database_->guarded("write", [&] {
                const auto scope = chronicle_scope(key);
                ChronicleRows rows(*database_);
                auto known = passes_.find(scope);
                if (known == passes_.end()) known = passes_.emplace(scope, rows.count(scope)).first;
                // In a transaction of its own and first: a full disk may have room again after it.
                Transaction transaction(*database_, Transaction::Kind::write);
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

Task<std::vector<PassRecord>> StoredChronicle::recent(LedgerKey key, std::string name, int most) {
    if (!database_) throw Failure(NextAction::stop, problem_);
    auto work = [this, key = std::move(key), name = std::move(name), most] {
        return database_->guarded("read", [&] {
            Transaction snapshot(*database_, Transaction::Kind::read);
            ChronicleRows rows(*database_);
            return rows.recent(chronicle_scope(key), name, most);
        });
    };
    co_return co_await worker_.run(std::move(work));
}

Task<std::vector<PassRecord>> StoredChronicle::search(HistoryQuery query) {
    if (!database_) throw Failure(NextAction::stop, problem_);
    auto work = [this, query = std::move(query)] {
        return database_->guarded("read", [&] {
            Transaction snapshot(*database_, Transaction::Kind::read);
            ChronicleRows rows(*database_);
            return rows.search(query);
        });
    };
    co_return co_await worker_.run(std::move(work));
}

} // namespace kedge
