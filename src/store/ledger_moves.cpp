// What live registrations were when we last knew them, which of them are not so any more, and which are paused there.
#include "store/ledger_rows.h"
#include "store/prepared_statement.h"
#include "store/row_seals.h"

namespace kedge {

namespace {

std::int64_t seal_known(std::int64_t unit, const std::string& name, const std::string& text) {
    Encoder out;
    put(out, unit);
    out.text(name);
    out.text(text);
    return seal_of(out);
}

std::int64_t seal_move(std::int64_t unit, const std::string& name, const LiveMove& move) {
    [[maybe_unused]] const auto& [f1, f2, f3] = move;
    Encoder out;
    put(out, unit);
    out.text(name);
    out.digest(move.live);
    put(out, move.after);
    put(out, move.seen);
    return seal_of(out);
}

} // namespace

std::map<std::string, std::string> LedgerRows::known(std::int64_t unit, const std::vector<std::string>& names) {
    PreparedStatement find(database_, "SELECT document, seal FROM known WHERE unit = ? AND name = ?");
    std::map<std::string, std::string> texts;
    for (const auto& name : names) {
        find.bind(1, unit);
        find.bind(2, name);
        if (find.step()) {
            std::string text = find.text(0);
            check_seal("known", find.number(1), seal_known(unit, name, text));
            texts[name] = std::move(text);
        }
        find.reset();
    }
    return texts;
}

void LedgerRows::put_known(std::int64_t unit, const std::vector<KnownDocument>& documents) {
    if (documents.empty()) return;
    PreparedStatement put(database_, upsert("known", "unit, name", "document, seal"));
    for (const auto& document : documents) {
        put.bind(1, unit);
        put.bind(2, document.name);
        put.bind(3, document.text);
        put.bind(4, seal_known(unit, document.name, document.text));
        put.exec();
        put.reset();
    }
}

std::map<std::string, LiveMove> LedgerRows::moved(std::int64_t unit) {
    PreparedStatement rows(database_, "SELECT name, live, after, seen, seal FROM moved WHERE unit = ? ORDER BY name");
    rows.bind(1, unit);
    std::map<std::string, LiveMove> all;
    while (rows.step()) {
        std::string name = rows.text(0);
        LiveMove move;
        if (!rows.read_digest(1, move.live)) damaged("moved", "a digest of an impossible length");
        move.after = rows.number(2);
        move.seen = rows.number(3);
        check_seal("moved", rows.number(4), seal_move(unit, name, move));
        all.emplace_hint(all.end(), std::move(name), move);
    }
    return all;
}

void LedgerRows::settle_moved(std::int64_t unit, const std::vector<std::string>& names) {
    if (names.empty()) return;
    PreparedStatement remove(database_, "DELETE FROM moved WHERE unit = ? AND name = ?");
    for (const auto& name : names) {
        remove.bind(1, unit);
        remove.bind(2, name);
        remove.exec();
        remove.reset();
    }
}

void LedgerRows::set_moved(std::int64_t unit, const std::map<std::string, LiveMove>& moved) {
    const auto before = this->moved(unit);
    std::vector<std::string> settled;
    for (const auto& [name, move] : before) {
        if (!moved.contains(name)) settled.push_back(name);
    }
    settle_moved(unit, settled);
    PreparedStatement put(database_, upsert("moved", "unit, name", "live, after, seen, seal"));
    for (const auto& [name, move] : moved) {
        const auto same = before.find(name);
        if (same != before.end() && same->second == move) continue;
        put.bind(1, unit);
        put.bind(2, name);
        put.bind_digest(3, move.live);
        put.bind(4, move.after);
        put.bind(5, move.seen);
        put.bind(6, seal_move(unit, name, move));
        put.exec();
        put.reset();
    }
}

std::map<std::string, UnixSeconds> LedgerRows::tagged(std::int64_t unit) {
    PreparedStatement rows(database_, "SELECT remote_id, seen, seal FROM tagged WHERE unit = ? ORDER BY remote_id");
    rows.bind(1, unit);
    std::map<std::string, UnixSeconds> all;
    while (rows.step()) {
        std::string id = rows.text(0);
        const UnixSeconds seen = rows.number(1);
        check_seal("tagged", rows.number(2), seal_text(unit, id, seen));
        all.emplace_hint(all.end(), std::move(id), seen);
    }
    return all;
}

void LedgerRows::settle_tagged(std::int64_t unit, const std::vector<std::string>& remote_ids) {
    if (remote_ids.empty()) return;
    PreparedStatement remove(database_, "DELETE FROM tagged WHERE unit = ? AND remote_id = ?");
    for (const auto& id : remote_ids) {
        remove.bind(1, unit);
        remove.bind(2, id);
        remove.exec();
        remove.reset();
    }
}

void LedgerRows::set_tagged(std::int64_t unit, const std::map<std::string, UnixSeconds>& tagged) {
    std::vector<std::string> untagged;
    for (const auto& [id, seen] : this->tagged(unit)) {
        if (!tagged.contains(id)) untagged.push_back(id);
    }
    settle_tagged(unit, untagged);
    PreparedStatement put(database_, upsert("tagged", "unit, remote_id", "seen, seal"));
    for (const auto& [id, seen] : tagged) {
        put.bind(1, unit);
        put.bind(2, id);
        put.bind(3, seen);
        put.bind(4, seal_text(unit, id, seen));
        put.exec();
        put.reset();
    }
}

UnixSeconds LedgerRows::listed(std::int64_t unit) {
    PreparedStatement find(database_, "SELECT at, seal FROM listed WHERE unit = ?");
    find.bind(1, unit);
    if (!find.step()) return 0;
    const UnixSeconds at = find.number(0);
    check_seal("listed", find.number(1), seal_text(unit, "listed", at));
    return at;
}

void LedgerRows::set_listed(std::int64_t unit, UnixSeconds at) {
    PreparedStatement put(database_, upsert("listed", "unit", "at, seal"));
    put.bind(1, unit);
    put.bind(2, at);
    put.bind(3, seal_text(unit, "listed", at));
    put.exec();
}

} // namespace kedge
