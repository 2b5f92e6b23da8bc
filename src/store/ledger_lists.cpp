// The short lists of the ledger: writes of the last day, spent releases, paths that held manifests.
#include "store/ledger_rows.h"
#include "store/prepared_statement.h"
#include "store/row_seals.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr UnixSeconds a_day = 86400;

std::int64_t seal_write(std::int64_t unit, const PastWrite& write) {
    Encoder out;
    put(out, unit);
    put(out, write.at);
    out.number(static_cast<std::uint64_t>(write.action));
    put(out, write.auth_change ? 1 : 0);
    out.digest(write.change);
    return seal_of(out);
}

} // namespace

std::vector<PastWrite> LedgerRows::recent(std::int64_t unit) {
    PreparedStatement rows(database_, "SELECT at, action, auth_change, change, seal FROM past_write WHERE unit = ? "
                                      "ORDER BY at, rowid");
    rows.bind(1, unit);
    std::vector<PastWrite> all;
    while (rows.step()) {
        PastWrite write;
        write.at = rows.number(0);
        const auto action = read_action(rows.text(1));
        if (!action || !rows.read_digest(3, write.change)) damaged("past_write", "an unknown action or digest");
        write.action = *action;
        write.auth_change = rows.flag(2);
        check_seal("past_write", rows.number(4), seal_write(unit, write));
        all.push_back(write);
    }
    return all;
}

void LedgerRows::add_writes(std::int64_t unit, const std::vector<PastWrite>& writes) {
    if (writes.empty()) return;
    PreparedStatement add(database_, "INSERT INTO past_write (unit, at, action, auth_change, change, seal) "
                                     "VALUES (?, ?, ?, ?, ?, ?)");
    UnixSeconds newest = 0;
    for (const auto& write : writes) {
        add.bind(1, unit);
        add.bind(2, write.at);
        add.bind(3, to_text(write.action));
        add.bind(4, write.auth_change ? 1 : 0);
        add.bind_digest(5, write.change);
        add.bind(6, seal_write(unit, write));
        add.exec();
        add.reset();
        newest = std::max(newest, write.at);
    }
    PreparedStatement forget(database_, "DELETE FROM past_write WHERE unit = ? AND at < ?");
    forget.bind(1, unit);
    forget.bind(2, newest - a_day);
    forget.exec();
}

std::set<std::string> LedgerRows::spent(std::int64_t unit) {
    PreparedStatement rows(database_, "SELECT entry, intent, seal FROM spent WHERE unit = ? ORDER BY entry");
    rows.bind(1, unit);
    std::set<std::string> all;
    while (rows.step()) {
        std::string entry = rows.text(0);
        check_seal("spent", rows.number(2), seal_text(unit, entry, rows.number(1)));
        all.emplace_hint(all.end(), std::move(entry));
    }
    return all;
}

void LedgerRows::spend(std::int64_t unit, const std::vector<std::string>& entries, std::int64_t intent) {
    if (entries.empty()) return;
    PreparedStatement add(database_, upsert("spent", "unit, entry, intent", "seal"));
    for (const auto& entry : entries) {
        add.bind(1, unit);
        add.bind(2, entry);
        add.bind(3, intent);
        add.bind(4, seal_text(unit, entry, intent));
        add.exec();
        add.reset();
    }
}

std::set<std::string> LedgerRows::manifest_paths(std::int64_t unit) {
    PreparedStatement rows(database_, "SELECT path, seal FROM manifest_path WHERE unit = ? ORDER BY path");
    rows.bind(1, unit);
    std::set<std::string> all;
    while (rows.step()) {
        std::string path = rows.text(0);
        check_seal("manifest_path", rows.number(1), seal_text(unit, path));
        all.emplace_hint(all.end(), std::move(path));
    }
    return all;
}

void LedgerRows::set_manifest_paths(std::int64_t unit, const std::set<std::string>& paths) {
    const auto before = manifest_paths(unit);
    PreparedStatement remove(database_, "DELETE FROM manifest_path WHERE unit = ? AND path = ?");
    for (const auto& path : before) {
        if (paths.contains(path)) continue;
        remove.bind(1, unit);
        remove.bind(2, path);
        remove.exec();
        remove.reset();
    }
    PreparedStatement add(database_, "INSERT INTO manifest_path (unit, path, seal) VALUES (?, ?, ?)");
    for (const auto& path : paths) {
        if (before.contains(path)) continue;
        add.bind(1, unit);
        add.bind(2, path);
        add.bind(3, seal_text(unit, path));
        add.exec();
        add.reset();
    }
}

} // namespace kedge
