#include "sandbox/storage.h"

#include "base/failure.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace kedge::sandbox {

namespace {

// A trial's state: losing the last moments in a power cut is fine, waiting for the disk on each PUT is not.
constexpr const char* schema = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS servers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, sequence INTEGER NOT NULL, manifest TEXT NOT NULL,
  creator_slug TEXT NOT NULL, created_by TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
  auth_revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS auth_records (
  server TEXT NOT NULL REFERENCES servers(id) ON DELETE CASCADE, position INTEGER NOT NULL, subject_id TEXT NOT NULL,
  subject_type TEXT NOT NULL, source TEXT NOT NULL, value TEXT NOT NULL, updated_ms INTEGER NOT NULL,
  updated_by TEXT NOT NULL, PRIMARY KEY (server, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS others (type TEXT, name TEXT, manifest TEXT NOT NULL, PRIMARY KEY (type, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)";

constexpr const char* save_server =
    "INSERT INTO servers VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET name=excluded.name, "
    "type=excluded.type, "
    "manifest=excluded.manifest, updated_ms=excluded.updated_ms, auth_revision=excluded.auth_revision";

std::int64_t signed_number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

SQLite::Database opened(const std::string& path) {
    try {
        SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        database.exec(schema);
        return database;
    } catch (const SQLite::Exception& error) {
        throw Failure(NextAction::stop, "sandbox: open state file \"" + path + "\": " + error.what() +
                                            "; give a path that can be written");
    }
}

} // namespace

struct Storage::State {
    explicit State(const std::string& path)
        : database(opened(path)), server(database, save_server),
          forget_auth(database, "DELETE FROM auth_records WHERE server = ?"),
          auth(database, "INSERT INTO auth_records VALUES (?,?,?,?,?,?,?,?)"),
          setting(database, "INSERT INTO settings VALUES (?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value") {}

    void save_setting(const std::string& key, const std::string& value) {
        setting.reset();
        setting.bind(1, key);
        setting.bind(2, value);
        setting.exec();
    }

    SQLite::Database database;
    SQLite::Statement server;
    SQLite::Statement forget_auth;
    SQLite::Statement auth;
    SQLite::Statement setting;
};

// Files from before there were several APIs do not say whose they are: they are TrueFoundry's.
Storage::Storage(const std::string& path, const std::string& api) : state_(std::make_unique<State>(path)) {
    SQLite::Statement known(state_->database, "SELECT value FROM settings WHERE key = 'api'");
    SQLite::Statement used(state_->database, "SELECT EXISTS (SELECT 1 FROM settings)");
    std::string owner = used.executeStep() && used.getColumn(0).getInt() != 0 ? "truefoundry" : api;
    if (known.executeStep()) owner = known.getColumn(0).getString();
    if (owner != api) {
        throw Failure(NextAction::stop, "sandbox: open state file \"" + path + "\": it holds the state of " + owner +
                                            ", not of " + api + "; give another file");
    }
    state_->save_setting("api", api);
}

Storage::~Storage() = default;

namespace {

std::vector<AuthRecord> load_auth(SQLite::Database& database, const std::string& id) {
    std::vector<AuthRecord> records;
    SQLite::Statement rows(database, "SELECT subject_id, subject_type, source, value, updated_ms, updated_by "
                                     "FROM auth_records WHERE server = ? ORDER BY position");
    rows.bind(1, id);
    while (rows.executeStep()) {
        AuthRecord record;
        record.subject_id = rows.getColumn(0).getString();
        record.subject_type = rows.getColumn(1).getString();
        record.source = rows.getColumn(2).getString();
        record.value = rows.getColumn(3).getString();
        record.updated_ms = rows.getColumn(4).getInt64();
        record.updated_by = rows.getColumn(5).getString();
        records.push_back(std::move(record));
    }
    return records;
}

void load_servers(SQLite::Database& database, std::vector<Server>& servers) {
    SQLite::Statement rows(database, "SELECT id, name, type, sequence, manifest, creator_slug, created_by, created_ms, "
                                     "updated_ms, auth_revision FROM servers");
    while (rows.executeStep()) {
        Server server;
        server.id = rows.getColumn(0).getString();
        server.name = rows.getColumn(1).getString();
        server.type = rows.getColumn(2).getString();
        server.sequence = static_cast<std::uint64_t>(rows.getColumn(3).getInt64());
        server.manifest = rows.getColumn(4).getString();
        server.creator_slug = rows.getColumn(5).getString();
        server.created_by = rows.getColumn(6).getString();
        server.created_ms = rows.getColumn(7).getInt64();
        server.updated_ms = rows.getColumn(8).getInt64();
        server.auth_revision = static_cast<std::uint64_t>(rows.getColumn(9).getInt64());
        servers.push_back(std::move(server));
    }
    for (auto& server : servers) server.auth = load_auth(database, server.id);
}

} // namespace

SavedState Storage::load() {
    SavedState saved;
    load_servers(state_->database, saved.servers);
    SQLite::Statement others(state_->database, "SELECT type, name, manifest FROM others");
    while (others.executeStep()) {
        saved.others.push_back(
            {others.getColumn(0).getString(), others.getColumn(1).getString(), others.getColumn(2).getString()});
    }
    SQLite::Statement settings(state_->database, "SELECT key, value FROM settings");
    while (settings.executeStep()) {
        const std::string value = settings.getColumn(1).getString();
        if (settings.getColumn(0).getString() == "knobs") {
            saved.knobs = Json::parse(value, nullptr, false);
        } else if (settings.getColumn(0).getString() == "next_number") {
            saved.next_number = std::stoull(value);
        }
    }
    return saved;
}

void Storage::save(const Server& server) {
    SQLite::Transaction transaction(state_->database);
    auto& row = state_->server;
    row.reset();
    row.bindNoCopy(1, server.id);
    row.bindNoCopy(2, server.name);
    row.bindNoCopy(3, server.type);
    row.bind(4, signed_number(server.sequence));
    row.bindNoCopy(5, server.manifest);
    row.bindNoCopy(6, server.creator_slug);
    row.bindNoCopy(7, server.created_by);
    row.bind(8, server.created_ms);
    row.bind(9, server.updated_ms);
    row.bind(10, signed_number(server.auth_revision));
    row.exec();
    state_->forget_auth.reset();
    state_->forget_auth.bind(1, server.id);
    state_->forget_auth.exec();
    int position = 0;
    for (const auto& record : server.auth) {
        auto& entry = state_->auth;
        entry.reset();
        entry.bind(1, server.id);
        entry.bind(2, position++);
        entry.bind(3, record.subject_id);
        entry.bind(4, record.subject_type);
        entry.bind(5, record.source);
        entry.bind(6, record.value);
        entry.bind(7, record.updated_ms);
        entry.bind(8, record.updated_by);
        entry.exec();
    }
    transaction.commit();
}

void Storage::remove(const std::string& id) {
    SQLite::Statement statement(state_->database, "DELETE FROM servers WHERE id = ?");
    statement.bind(1, id);
    statement.exec();
}

void Storage::save_other(const OtherDocument& other) {
    SQLite::Statement statement(state_->database, "INSERT OR REPLACE INTO others VALUES (?,?,?)");
    statement.bind(1, other.type);
    statement.bind(2, other.name);
    statement.bind(3, other.manifest);
    statement.exec();
}

void Storage::remove_other(const std::string& type, const std::string& name) {
    SQLite::Statement statement(state_->database, "DELETE FROM others WHERE type = ? AND name = ?");
    statement.bind(1, type);
    statement.bind(2, name);
    statement.exec();
}

void Storage::save_knobs(const Json& knobs) {
    state_->save_setting("knobs", knobs.dump());
}

void Storage::save_next_number(std::uint64_t number) {
    state_->save_setting("next_number", std::to_string(number));
}

void Storage::clear() {
    state_->database.exec("DELETE FROM servers; DELETE FROM others; DELETE FROM settings WHERE key <> 'api';");
}

} // namespace kedge::sandbox
