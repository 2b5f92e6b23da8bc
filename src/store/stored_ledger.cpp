#include "store/stored_ledger.h"

#include "store/ledger_rows.h"

#include <utility>

namespace kedge {

namespace {

LedgerState read(Database& database, const LedgerKey& key) {
    return database.guarded("read", [&] {
        LedgerRows rows(database);
        Transaction snapshot(database, Transaction::Kind::read);
        LedgerState state;
        const auto unit = rows.find_unit(key);
        state.is_new = !unit;
        state.kept = true;
        if (!unit) return state;
        state.pins = rows.pins(*unit);
        state.owned = rows.owned(*unit);
        state.open = rows.open_intents(*unit);
        state.spent = rows.spent(*unit);
        state.recent = rows.recent(*unit);
        state.manifest_paths = rows.manifest_paths(*unit);
        state.moved = rows.moved(*unit);
        state.listed = rows.listed(*unit);
        state.tagged = rows.tagged(*unit);
        return state;
    });
}

std::vector<std::int64_t> write(Database& database, const LedgerKey& key, const LedgerBatch& batch) {
    return database.guarded("write", [&] {
        LedgerRows rows(database);
        auto unit = rows.find_unit(key);
        if (unit && batch.empty()) return std::vector<std::int64_t>();
        Transaction transaction(database, Transaction::Kind::write);
        if (!unit) unit = rows.make_unit(key);
        rows.close(*unit, batch.outcomes);
        rows.put_owned(*unit, batch.adopt);
        rows.put_known(*unit, batch.known);
        rows.forget(*unit, batch.forget);
        rows.spend(*unit, batch.spend, 0);
        if (batch.pins) rows.set_pins(*unit, *batch.pins);
        if (batch.manifest_paths) rows.set_manifest_paths(*unit, *batch.manifest_paths);
        if (batch.moved) rows.set_moved(*unit, *batch.moved);
        if (batch.listed != 0) rows.set_listed(*unit, batch.listed);
        if (batch.tagged) rows.set_tagged(*unit, *batch.tagged);
        if (batch.past_unknown != 0) rows.add_writes(*unit, {PastWrite{batch.past_unknown, Action::keep, false, {}}});
        auto ids = rows.add_intents(*unit, batch.intents);
        transaction.commit();
        return ids;
    });
}

std::map<std::string, std::string> read_known(Database& database, const LedgerKey& key,
                                              const std::vector<std::string>& names) {
    return database.guarded("read", [&] {
        LedgerRows rows(database);
        const auto unit = rows.find_unit(key);
        return unit ? rows.known(*unit, names) : std::map<std::string, std::string>();
    });
}

void remove(Database& database, const LedgerKey& key) {
    database.guarded("write", [&] {
        LedgerRows rows(database);
        Transaction transaction(database, Transaction::Kind::write);
        const auto unit = rows.find_unit(key);
        if (unit) rows.remove_unit(*unit);
        transaction.commit();
    });
}

} // namespace

Task<LedgerState> StoredLedger::load(LedgerKey key) {
    auto work = [this, key = std::move(key)] { return read(*database_, key); };
    co_return co_await worker_.run(std::move(work));
}

Task<std::vector<std::int64_t>> StoredLedger::commit(LedgerKey key, LedgerBatch batch) {
    auto work = [this, key = std::move(key), batch = std::move(batch)] { return write(*database_, key, batch); };
    co_return co_await worker_.run(std::move(work));
}

Task<std::map<std::string, std::string>> StoredLedger::known(LedgerKey key, std::vector<std::string> names) {
    auto work = [this, key = std::move(key), names = std::move(names)] { return read_known(*database_, key, names); };
    co_return co_await worker_.run(std::move(work));
}

Task<void> StoredLedger::drop(LedgerKey key) {
    auto work = [this, key = std::move(key)] { remove(*database_, key); };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
