#include "store/chronicle_rows.h"

#include "base/json.h"
#include "store/prepared_statement.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE pass (
    id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, at INTEGER NOT NULL, revision TEXT NOT NULL,
    title TEXT NOT NULL, writes INTEGER NOT NULL, stopped TEXT NOT NULL) STRICT;
CREATE INDEX pass_by_unit ON pass (unit, id);
CREATE TABLE change (
    pass INTEGER NOT NULL REFERENCES pass (id) ON DELETE CASCADE, name TEXT NOT NULL, action TEXT NOT NULL,
    result TEXT NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL, commit_id TEXT NOT NULL, forced INTEGER NOT NULL) STRICT;
CREATE INDEX change_by_pass ON change (pass);
CREATE INDEX change_by_name ON change (name);
)sql";

// People are few and changes are many: a part of a name is looked for among the people, then their changes by number.
// The name of the unit stands in the scope "INSTALLATION.UNIT@TARGET".
constexpr std::string_view schema_2 = R"sql(
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
ALTER TABLE pass ADD COLUMN unit_name TEXT NOT NULL DEFAULT '';
ALTER TABLE pass ADD COLUMN pass TEXT NOT NULL DEFAULT '';
ALTER TABLE pass ADD COLUMN started INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pass ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE pass ADD COLUMN by_person INTEGER NOT NULL DEFAULT 0;
UPDATE pass SET unit_name = substr(unit, instr(unit, '.') + 1, instr(unit, '@') - instr(unit, '.') - 1);
ALTER TABLE change ADD COLUMN author INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN commit_title TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN pull_request TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN remote_id TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN releaser INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN because TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN moved_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN moved_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN moved TEXT NOT NULL DEFAULT '';
DROP INDEX change_by_name;
CREATE INDEX change_by_name ON change (name, pass);
CREATE INDEX change_by_author ON change (author, pass) WHERE author > 0;
CREATE INDEX change_by_releaser ON change (releaser, pass) WHERE releaser > 0;
CREATE INDEX pass_by_person ON pass (by_person) WHERE by_person > 0;
CREATE INDEX pass_by_unit_name ON pass (unit_name, id);
CREATE INDEX pass_by_time ON pass (at);
)sql";

constexpr int passes_at_once = 20; // forgotten with one that is added
constexpr std::int64_t rows_at_once = 2000;
constexpr int most_answered = 100'000;

std::string paths_text(const std::vector<std::string>& paths) {
    return paths.empty() ? std::string() : Json(paths).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> paths_of(const std::string& text) {
    std::vector<std::string> paths;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_array()) return paths;
    for (const auto& path : json) {
        if (path.is_string()) paths.push_back(path);
    }
    return paths;
}

std::string lower(std::string text) {
    for (auto& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

const char* const pass_columns =
    "SELECT p.id, p.at, p.revision, p.title, p.writes, p.stopped, p.pass, p.started, p.subject, "
    "coalesce(who.name, ''), p.unit, p.unit_name FROM pass p LEFT JOIN person who ON who.id = p.by_person ";

PassRecord pass_of(const PreparedStatement& row) {
    PassRecord record;
    record.id = row.number(0);
    record.at = row.number(1);
    record.revision = row.text(2);
    record.title = row.text(3);
    record.writes = static_cast<int>(row.number(4));
    record.stopped = row.text(5);
    record.pass = row.text(6);
    record.started = row.number(7);
    record.subject = row.text(8);
    record.by = row.text(9);
    const auto scope = row.text(10);
    record.installation = scope.substr(0, scope.find('.'));
    record.unit = row.text(11);
    return record;
}

} // namespace

Schema chronicle_schema() {
    Schema schema;
    schema.name = "chronicle";
    schema.kind = "chronicle";
    schema.application_id = 0x6B646763; // "kdgc"
    schema.migrations = {schema_1, schema_2};
    schema.durable = false;
    schema.check_structure = false;
    return schema;
}

std::string chronicle_scope(const LedgerKey& key) {
    return key.installation + "." + key.unit + "@" + key.target;
}

std::int64_t ChronicleRows::person(const std::string& name) {
    if (name.empty()) return 0;
    PreparedStatement add(database_, "INSERT INTO person (name) VALUES (?) ON CONFLICT DO NOTHING");
    add.bind(1, name);
    add.exec();
    PreparedStatement find(database_, "SELECT id FROM person WHERE name = ?");
    find.bind(1, name);
    return find.step() ? find.number(0) : 0;
}

void ChronicleRows::add_changes(std::int64_t pass, const std::vector<ChangeRecord>& changes) {
    PreparedStatement add(database_,
                          "INSERT INTO change (pass, name, action, result, text, digest, commit_id, commit_title, "
                          "pull_request, remote_id, because, moved, forced, author, releaser, moved_after, moved_seen) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const auto& change : changes) {
        const auto moved = paths_text(change.moved);
        int index = 1;
        add.bind(index++, pass);
        for (const auto* text :
             {&change.name, &change.action, &change.result, &change.text, &change.digest, &change.commit,
              &change.commit_title, &change.pull_request, &change.remote_id, &change.released_by.because, &moved})
            add.bind(index++, *text);
        add.bind(index++, change.forced ? 1 : 0);
        add.bind(index++, person(change.author));
        add.bind(index++, person(change.released_by.who));
        add.bind(index++, change.moved_after);
        add.bind(index, change.moved_seen);
        add.exec();
        add.reset();
    }
}

void ChronicleRows::add(const LedgerKey& key, const PassRecord& record) {
    const auto by = person(record.by);
    PreparedStatement add(database_,
                          "INSERT INTO pass (unit, unit_name, at, revision, title, writes, stopped, pass, "
                          "started, subject, by_person) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
    add.bind(1, chronicle_scope(key));
    add.bind(2, key.unit);
    add.bind(3, record.at);
    add.bind(4, record.revision);
    add.bind(5, record.title);
    add.bind(6, record.writes);
    add.bind(7, record.stopped);
    add.bind(8, record.pass);
    add.bind(9, record.started);
    add.bind(10, record.subject);
    add.bind(11, by);
    add_changes(add.exec_for_id(), record.changes);
}

std::int64_t ChronicleRows::count(const std::string& scope) {
    PreparedStatement count(database_, "SELECT count(*) FROM pass WHERE unit = ?");
    count.bind(1, scope);
    return count.step() ? count.number(0) : 0;
}

// False: some of its changes are left for the next time.
bool ChronicleRows::forget(std::int64_t pass, std::int64_t& rows_left) {
    PreparedStatement changes(database_, "DELETE FROM change WHERE rowid IN "
                                         "(SELECT rowid FROM change WHERE pass = ?1 LIMIT ?2)");
    changes.bind(1, pass);
    changes.bind(2, rows_left);
    rows_left -= changes.exec();
    if (rows_left <= 0) return false;
    PreparedStatement itself(database_, "DELETE FROM pass WHERE id = ?");
    itself.bind(1, pass);
    itself.exec();
    return true;
}

std::int64_t ChronicleRows::forget_some(UnixSeconds before, const std::string& scope, std::int64_t over) {
    std::vector<std::pair<std::int64_t, bool>> old; // and whether it is the unit's
    {
        PreparedStatement aged(database_, "SELECT id, unit = ?2 FROM pass WHERE at < ?1 ORDER BY at LIMIT ?3");
        aged.bind(1, before);
        aged.bind(2, scope);
        aged.bind(3, passes_at_once);
        while (aged.step()) old.emplace_back(aged.number(0), aged.flag(1));
    }
    if (old.empty() && over > 0) {
        PreparedStatement first(database_, "SELECT id FROM pass WHERE unit = ?1 ORDER BY id LIMIT ?2");
        first.bind(1, scope);
        first.bind(2, std::min<std::int64_t>(over, passes_at_once));
        while (first.step()) old.emplace_back(first.number(0), true);
    }
    std::int64_t gone = 0;
    std::int64_t rows_left = rows_at_once;
    for (const auto& [pass, of_unit] : old) {
        if (!forget(pass, rows_left)) break;
        gone += of_unit ? 1 : 0;
    }
    return gone;
}

std::vector<ChangeRecord> ChronicleRows::changes(std::int64_t pass, const std::string& name,
                                                 const std::string& people) {
    PreparedStatement rows(
        database_, "SELECT c.name, c.action, c.result, c.text, c.digest, c.commit_id, c.commit_title, c.pull_request, "
                   "c.remote_id, c.because, coalesce(a.name, ''), coalesce(r.name, ''), c.moved, c.forced, "
                   "c.moved_after, c.moved_seen FROM change c LEFT JOIN person a ON a.id = c.author LEFT JOIN person r "
                   "ON r.id = c.releaser WHERE c.pass = ?1 AND (?2 = '' OR c.name = ?2) AND (?3 = '' OR "
                   "instr(lower(coalesce(a.name, '')), ?3) > 0 OR instr(lower(coalesce(r.name, '')), ?3) > 0) "
                   "ORDER BY c.rowid");
    rows.bind(1, pass);
    rows.bind(2, name);
    rows.bind(3, people);
    std::vector<ChangeRecord> all;
    while (rows.step()) {
        ChangeRecord change;
        int column = 0;
        for (auto* text : {&change.name, &change.action, &change.result, &change.text, &change.digest, &change.commit,
                           &change.commit_title, &change.pull_request, &change.remote_id, &change.released_by.because,
                           &change.author, &change.released_by.who})
            *text = rows.text(column++);
        change.moved = paths_of(rows.text(column++));
        change.forced = rows.flag(column++);
        change.moved_after = rows.number(column++);
        change.moved_seen = rows.number(column);
        all.push_back(std::move(change));
    }
    return all;
}

std::vector<PassRecord> ChronicleRows::recent(const std::string& scope, const std::string& name, int most) {
    PreparedStatement rows(database_, std::string(pass_columns) +
                                          "WHERE p.unit = ?1 AND (?2 = '' OR p.id IN (SELECT pass FROM change "
                                          "WHERE name = ?2)) ORDER BY p.id DESC LIMIT ?3");
    rows.bind(1, scope);
    rows.bind(2, name);
    rows.bind(3, most);
    std::vector<PassRecord> all;
    while (rows.step()) {
        auto record = pass_of(rows);
        record.changes = changes(record.id, name, {});
        all.push_back(std::move(record));
    }
    return all;
}

// Each wish narrows by an index of its own; the newest first, so that few are read where many fit.
std::vector<PassRecord> ChronicleRows::search(const HistoryQuery& query) {
    const auto by = lower(query.by);
    std::string sql = std::string(pass_columns) + "WHERE 1 = 1";
    if (!query.unit.empty()) sql += " AND p.unit_name = ?1";
    if (query.since != 0) sql += " AND p.at >= ?2";
    if (query.until != 0) sql += " AND p.at < ?3";
    const std::string people = "(SELECT id FROM person WHERE instr(lower(name), ?5) > 0)";
    if (!by.empty()) {
        const std::string named = query.name.empty() ? "" : " AND name = ?4";
        sql += " AND p.id IN (SELECT pass FROM change WHERE author > 0 AND author IN " + people + named +
               " UNION SELECT pass FROM change WHERE releaser > 0 AND releaser IN " + people + named +
               " UNION SELECT id FROM pass WHERE by_person > 0 AND by_person IN " + people + ")";
    }
    if (!query.name.empty()) sql += " AND p.id IN (SELECT pass FROM change WHERE name = ?4)";
    sql += " ORDER BY p.id DESC LIMIT ?6";
    PreparedStatement rows(database_, sql);
    if (!query.unit.empty()) rows.bind(1, query.unit);
    if (query.since != 0) rows.bind(2, query.since);
    if (query.until != 0) rows.bind(3, query.until);
    if (!query.name.empty()) rows.bind(4, query.name);
    if (!by.empty()) rows.bind(5, by);
    rows.bind(6, std::clamp(query.most, 1, most_answered));
    std::vector<PassRecord> all;
    while (rows.step()) {
        auto record = pass_of(rows);
        // What a person did by command is theirs as a whole.
        const bool whole = !by.empty() && lower(record.by).find(by) != std::string::npos;
        record.changes = changes(record.id, query.name, whole ? std::string() : by);
        all.push_back(std::move(record));
    }
    return all;
}

} // namespace kedge
