#include "store/ledger_rows.h"

#include "store/prepared_statement.h"
#include "store/row_seals.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE unit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, installation TEXT NOT NULL, unit TEXT NOT NULL, target TEXT NOT NULL,
    tenant TEXT NOT NULL, seal_key TEXT NOT NULL, rules TEXT NOT NULL, pinned TEXT NOT NULL, seal INTEGER NOT NULL,
    UNIQUE (installation, unit, target)) STRICT;
CREATE TABLE owned (
    unit INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, remote_id TEXT NOT NULL, path TEXT NOT NULL,
    blob_id TEXT NOT NULL, sent BLOB NOT NULL, answered BLOB NOT NULL, version TEXT NOT NULL, fingerprints TEXT NOT NULL, applied TEXT NOT NULL,
    declared INTEGER NOT NULL, undeclared INTEGER NOT NULL, prune_never INTEGER NOT NULL, marked INTEGER NOT NULL,
    seal INTEGER NOT NULL, PRIMARY KEY (unit, name)) STRICT, WITHOUT ROWID;
CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, unit INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, action TEXT NOT NULL,
    remote_id TEXT NOT NULL, change BLOB NOT NULL, desired BLOB NOT NULL, release_entry TEXT NOT NULL, at INTEGER NOT NULL,
    auth_change INTEGER NOT NULL, seal INTEGER NOT NULL) STRICT;
CREATE TABLE past_write (
    unit INTEGER NOT NULL, at INTEGER NOT NULL, action TEXT NOT NULL, auth_change INTEGER NOT NULL, change BLOB NOT NULL,
    seal INTEGER NOT NULL) STRICT;
CREATE INDEX past_write_by_time ON past_write (unit, at);
CREATE TABLE spent (
    unit INTEGER NOT NULL, entry TEXT NOT NULL, intent INTEGER NOT NULL, seal INTEGER NOT NULL,
    PRIMARY KEY (unit, entry, intent)) STRICT, WITHOUT ROWID;
CREATE TABLE manifest_path (
    unit INTEGER NOT NULL, path TEXT NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (unit, path)) STRICT, WITHOUT ROWID;
)sql";

// Names need not be unique on every control plane. Both columns hold ids as a JSON list; empty: none.
constexpr std::string_view schema_2 = R"sql(
ALTER TABLE owned ADD COLUMN superseded TEXT NOT NULL DEFAULT '';
ALTER TABLE intent ADD COLUMN known_ids TEXT NOT NULL DEFAULT '';
)sql";

std::string ids_text(const std::vector<std::string>& ids) {
    return ids.empty() ? std::string() : Json(ids).dump();
}

// Documents have rows of a kilobyte and are read by name alone, so they stand beside the entries, not in them.
constexpr std::string_view schema_3 = R"sql(
CREATE TABLE known (
    unit INTEGER NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (unit, name)) STRICT;
CREATE TABLE moved (
    unit INTEGER NOT NULL, name TEXT NOT NULL, live BLOB NOT NULL, after INTEGER NOT NULL, seen INTEGER NOT NULL,
    seal INTEGER NOT NULL, PRIMARY KEY (unit, name)) STRICT, WITHOUT ROWID;
CREATE TABLE listed (unit INTEGER PRIMARY KEY, at INTEGER NOT NULL, seal INTEGER NOT NULL) STRICT;
)sql";

// Existing entries do not know what was hidden when they were written: unknown is no difference.
constexpr std::string_view schema_4 = R"sql(
ALTER TABLE owned ADD COLUMN hidden BLOB NOT NULL DEFAULT x'';
)sql";

// A tag that was there before is seen for the first time by the next list.
constexpr std::string_view schema_5 = R"sql(
CREATE TABLE tagged (
    unit INTEGER NOT NULL, remote_id TEXT NOT NULL, seen INTEGER NOT NULL, seal INTEGER NOT NULL,
    PRIMARY KEY (unit, remote_id)) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view schema_6 = R"sql(
ALTER TABLE intent ADD COLUMN prune_never INTEGER NOT NULL DEFAULT 0;
)sql";

// Names every field, as in encoding.cpp: a field that the model gains needs a column, a migration and a place in the
// seal.
std::int64_t seal_owned(std::int64_t unit, const OwnedEntry& e) {
    [[maybe_unused]] const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16] = e;
    Encoder out;
    put(out, unit);
    for (const auto* text :
         {&e.name, &e.type, &e.remote_id, &e.path, &e.blob_id, &e.version, &e.fingerprints, &e.commit})
        out.text(*text);
    out.digest(e.sent);
    out.digest(e.answered);
    put(out, e.declared);
    put(out, e.undeclared);
    out.flag(e.prune_never);
    out.flag(e.marked);
    if (!e.superseded.empty()) out.texts(e.superseded);
    if (!e.hidden.empty()) out.digest(e.hidden); // so that rows of older schemas keep their seal
    return seal_of(out);
}

std::int64_t seal_intent(std::int64_t unit, const Intent& i) {
    [[maybe_unused]] const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = i;
    Encoder out;
    put(out, unit);
    put(out, i.id);
    for (const auto* text : {&i.name, &i.type, &i.remote_id, &i.release_entry}) out.text(*text);
    out.number(static_cast<std::uint64_t>(i.action));
    out.digest(i.change);
    out.digest(i.desired);
    put(out, i.at);
    put(out, i.auth_change ? 1 : 0);
    if (!i.known_ids.empty()) out.texts(i.known_ids);
    if (i.prune_never) out.flag(true);
    return seal_of(out);
}

std::int64_t seal_unit(const LedgerKey& key, const LedgerPins& pins) {
    Encoder out;
    for (const auto* text :
         {&key.installation, &key.unit, &key.target, &pins.tenant, &pins.seal_key, &pins.rules, &pins.commit})
        out.text(*text);
    return seal_of(out);
}

} // namespace

Schema ledger_schema() {
    Schema schema;
    schema.name = "ledger";
    schema.kind = "ledger";
    schema.application_id = 0x6B64676C; // "kdgl"
    schema.migrations = {schema_1, schema_2, schema_3, schema_4, schema_5, schema_6};
    return schema;
}

void LedgerRows::damaged(const std::string& table, const std::string& cause) const {
    throw UnusableStore(database_.place() + "cannot use: damaged: table " + table + ": " + cause +
                        "; kedge leaves it as it is: bring back a copy, or move it away and the ledger is made anew");
}

std::vector<std::string> LedgerRows::ids_of(const std::string& table, const std::string& text) const {
    if (text.empty()) return {};
    try {
        return parse_json(text).get<std::vector<std::string>>();
    } catch (const std::exception&) {
        damaged(table, "a list of ids that is none");
    }
}

void LedgerRows::check_seal(const std::string& table, std::int64_t stored, std::int64_t expected) const {
    if (stored != expected) damaged(table, "a row does not fit its checksum");
}

std::optional<std::int64_t> LedgerRows::find_unit(const LedgerKey& key) {
    PreparedStatement find(database_, "SELECT id, seal FROM unit WHERE installation = ? AND unit = ? AND target = ?");
    find.bind(1, key.installation);
    find.bind(2, key.unit);
    find.bind(3, key.target);
    if (!find.step()) return std::nullopt;
    const auto id = find.number(0);
    check_seal("unit", find.number(1), seal_unit(key, pins(id)));
    return id;
}

std::int64_t LedgerRows::make_unit(const LedgerKey& key) {
    PreparedStatement add(database_,
                          "INSERT INTO unit (installation, unit, target, tenant, seal_key, rules, pinned, seal) "
                          "VALUES (?, ?, ?, '', '', '', '', ?) RETURNING id");
    add.bind(1, key.installation);
    add.bind(2, key.unit);
    add.bind(3, key.target);
    add.bind(4, seal_unit(key, {}));
    return add.exec_for_id();
}

LedgerPins LedgerRows::pins(std::int64_t unit) {
    PreparedStatement find(database_, "SELECT tenant, seal_key, rules, pinned FROM unit WHERE id = ?");
    find.bind(1, unit);
    if (!find.step()) return {};
    return {find.text(0), find.text(1), find.text(2), find.text(3)};
}

void LedgerRows::set_pins(std::int64_t unit, const LedgerPins& pins) {
    PreparedStatement find(database_, "SELECT installation, unit, target FROM unit WHERE id = ?");
    find.bind(1, unit);
    if (!find.step()) return;
    const LedgerKey key{find.text(0), find.text(1), find.text(2)};
    PreparedStatement pin(database_,
                          "UPDATE unit SET tenant = ?, seal_key = ?, rules = ?, pinned = ?, seal = ? WHERE id = ?");
    pin.bind(1, pins.tenant);
    pin.bind(2, pins.seal_key);
    pin.bind(3, pins.rules);
    pin.bind(4, pins.commit);
    pin.bind(5, seal_unit(key, pins));
    pin.bind(6, unit);
    pin.exec();
}

void LedgerRows::remove_unit(std::int64_t unit) {
    for (const char* sql :
         {"DELETE FROM owned WHERE unit = ?", "DELETE FROM intent WHERE unit = ?", "DELETE FROM spent WHERE unit = ?",
          "DELETE FROM past_write WHERE unit = ?", "DELETE FROM manifest_path WHERE unit = ?",
          "DELETE FROM known WHERE unit = ?", "DELETE FROM moved WHERE unit = ?", "DELETE FROM listed WHERE unit = ?",
          "DELETE FROM tagged WHERE unit = ?", "DELETE FROM unit WHERE id = ?"}) {
        PreparedStatement remove(database_, sql);
        remove.bind(1, unit);
        remove.exec();
    }
}

std::map<std::string, OwnedEntry> LedgerRows::owned(std::int64_t unit, const std::string& name) {
    PreparedStatement rows(
        database_, "SELECT name, type, remote_id, path, blob_id, version, fingerprints, applied, sent, answered, "
                   "declared, undeclared, prune_never, marked, seal, superseded, hidden FROM owned WHERE unit = ?1 AND "
                   "(?2 = '' OR name = "
                   "?2) ORDER BY name");
    rows.bind(1, unit);
    rows.bind(2, name);
    std::map<std::string, OwnedEntry> all;
    while (rows.step()) {
        OwnedEntry e;
        int column = 0;
        for (auto* text :
             {&e.name, &e.type, &e.remote_id, &e.path, &e.blob_id, &e.version, &e.fingerprints, &e.commit}) {
            *text = rows.text(column++);
        }
        if (!rows.read_digest(8, e.sent) || !rows.read_digest(9, e.answered) || !rows.read_digest(16, e.hidden))
            damaged("owned", "a digest of an impossible length");
        e.declared = rows.number(10);
        e.undeclared = rows.number(11);
        e.prune_never = rows.flag(12);
        e.marked = rows.flag(13);
        e.superseded = ids_of("owned", rows.text(15));
        check_seal("owned", rows.number(14), seal_owned(unit, e));
        std::string key = e.name;
        all.emplace_hint(all.end(), std::move(key), std::move(e));
    }
    return all;
}

void LedgerRows::put_owned(std::int64_t unit, const std::vector<OwnedEntry>& entries) {
    if (entries.empty()) return;
    PreparedStatement put(database_,
                          upsert("owned", "unit, name",
                                 "type, remote_id, path, blob_id, version, fingerprints, applied, sent, answered, "
                                 "declared, undeclared, prune_never, marked, superseded, hidden, seal"));
    for (const auto& e : entries) {
        int index = 1;
        put.bind(index++, unit);
        for (const auto* text :
             {&e.name, &e.type, &e.remote_id, &e.path, &e.blob_id, &e.version, &e.fingerprints, &e.commit})
            put.bind(index++, *text);
        put.bind_digest(index++, e.sent);
        put.bind_digest(index++, e.answered);
        put.bind(index++, e.declared);
        put.bind(index++, e.undeclared);
        put.bind(index++, e.prune_never ? 1 : 0);
        put.bind(index++, e.marked ? 1 : 0);
        put.bind(index++, ids_text(e.superseded));
        put.bind_digest(index++, e.hidden);
        put.bind(index, seal_owned(unit, e));
        put.exec();
        put.reset();
    }
}

void LedgerRows::forget(std::int64_t unit, const std::vector<std::string>& names) {
    if (names.empty()) return;
    for (const char* sql :
         {"DELETE FROM owned WHERE unit = ? AND name = ?", "DELETE FROM known WHERE unit = ? AND name = ?",
          "DELETE FROM moved WHERE unit = ? AND name = ?"}) {
        PreparedStatement remove(database_, sql);
        for (const auto& name : names) {
            remove.bind(1, unit);
            remove.bind(2, name);
            remove.exec();
            remove.reset();
        }
    }
}

// One registration of that name: another id that has followed it stays owned.
void LedgerRows::let_go(std::int64_t unit, const std::string& name, const std::string& remote_id) {
    auto all = owned(unit, name);
    const auto entry = all.find(name);
    if (entry == all.end()) return;
    if (!lets_go_of_name(entry->second, remote_id)) {
        put_owned(unit, {entry->second});
        return;
    }
    forget(unit, {name});
}

std::vector<Intent> LedgerRows::open_intents(std::int64_t unit) {
    PreparedStatement rows(
        database_,
        "SELECT id, name, type, remote_id, release_entry, action, change, desired, at, auth_change, seal, known_ids, "
        "prune_never FROM intent WHERE unit = ? ORDER BY id");
    rows.bind(1, unit);
    std::vector<Intent> all;
    while (rows.step()) {
        Intent i;
        i.id = rows.number(0);
        int column = 1;
        for (auto* text : {&i.name, &i.type, &i.remote_id, &i.release_entry}) *text = rows.text(column++);
        const auto action = read_action(rows.text(5));
        if (!action) damaged("intent", "an unknown action");
        i.action = *action;
        if (!rows.read_digest(6, i.change) || !rows.read_digest(7, i.desired))
            damaged("intent", "a digest of an impossible length");
        i.at = rows.number(8);
        i.auth_change = rows.flag(9);
        i.known_ids = ids_of("intent", rows.text(11));
        i.prune_never = rows.flag(12);
        check_seal("intent", rows.number(10), seal_intent(unit, i));
        all.push_back(std::move(i));
    }
    return all;
}

std::vector<std::int64_t> LedgerRows::add_intents(std::int64_t unit, const std::vector<Intent>& intents) {
    std::vector<std::int64_t> ids;
    if (intents.empty()) return ids;
    ids = database_.new_ids("intent", intents.size());
    auto next = ids.begin();
    PreparedStatement add(
        database_, "INSERT INTO intent (id, unit, name, type, remote_id, release_entry, action, change, desired, "
                   "at, auth_change, known_ids, prune_never, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (auto intent : intents) {
        intent.id = *next++;
        int index = 1;
        add.bind(index++, intent.id);
        add.bind(index++, unit);
        for (const auto* text : {&intent.name, &intent.type, &intent.remote_id, &intent.release_entry})
            add.bind(index++, *text);
        add.bind(index++, to_text(intent.action));
        add.bind_digest(index++, intent.change);
        add.bind_digest(index++, intent.desired);
        add.bind(index++, intent.at);
        add.bind(index++, intent.auth_change ? 1 : 0);
        add.bind(index++, ids_text(intent.known_ids));
        add.bind(index++, intent.prune_never ? 1 : 0);
        add.bind(index, seal_intent(unit, intent));
        add.exec();
        add.reset();
        if (!intent.release_entry.empty()) spend(unit, {intent.release_entry}, intent.id);
    }
    return ids;
}

void LedgerRows::close(std::int64_t unit, const std::vector<IntentOutcome>& outcomes) {
    if (outcomes.empty()) return;
    PreparedStatement find(
        database_, "SELECT name, action, at, auth_change, change, remote_id FROM intent WHERE id = ? AND unit = ?");
    PreparedStatement remove(database_, "DELETE FROM intent WHERE id = ?");
    PreparedStatement unspend(database_, "DELETE FROM spent WHERE unit = ? AND intent = ?");
    std::vector<PastWrite> written;
    std::vector<std::string> settled;
    std::vector<KnownDocument> known;
    for (const auto& outcome : outcomes) {
        find.bind(1, outcome.id);
        find.bind(2, unit);
        if (!find.step()) {
            throw Failure(NextAction::stop, database_.place() + "cannot close intent " + std::to_string(outcome.id) +
                                                ": it is not open for this unit; nothing was written");
        }
        const std::string name = find.text(0);
        PastWrite write;
        const auto action = read_action(find.text(1));
        if (!action || !find.read_digest(4, write.change)) damaged("intent", "an unknown action or digest");
        write.action = *action;
        write.at = find.number(2);
        write.auth_change = find.flag(3);
        const std::string remote_id = find.text(5);
        find.reset();
        remove.bind(1, outcome.id);
        remove.exec();
        remove.reset();
        if (!outcome.sent || outcome.free_release) {
            unspend.bind(1, unit);
            unspend.bind(2, outcome.id);
            unspend.exec();
            unspend.reset();
        } else {
            written.push_back(write);
        }
        if (outcome.forget) let_go(unit, name, remote_id);
        if (!outcome.owned) continue;
        put_owned(unit, {*outcome.owned});
        settled.push_back(outcome.owned->name);
        if (!outcome.known.empty()) known.push_back({outcome.owned->name, outcome.known});
    }
    settle_moved(unit, settled);
    put_known(unit, known);
    add_writes(unit, written);
}

} // namespace kedge
