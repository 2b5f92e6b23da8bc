#include "store/sqlite_stoppages.h"

#include "store/encoding.h"
#include "store/row_seals.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <algorithm>
#include <string_view>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE stoppage (key TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE release (
    id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, entry TEXT NOT NULL, body BLOB NOT NULL,
    UNIQUE (unit, entry)) STRICT;
)sql";

constexpr std::uint8_t version = 1; // of the bodies

Schema stoppages_schema() {
    Schema schema;
    schema.kind = "list of pauses";
    schema.application_id = 0x6B646773; // "kdgs"
    schema.migrations = {schema_1};
    return schema;
}

std::int64_t signed_number(Decoder& in) {
    return std::bit_cast<std::int64_t>(in.number());
}

std::string encode(const Stoppage& stoppage) {
    Encoder out;
    out.flag(stoppage.kind == StoppageKind::freeze);
    out.text(stoppage.name);
    out.texts(stoppage.units);
    out.text(stoppage.resource);
    out.text(stoppage.because);
    out.text(stoppage.by);
    put(out, stoppage.since);
    put(out, stoppage.until);
    return out.sealed(version);
}

Stoppage decode_stoppage(std::string_view bytes) {
    Decoder in(bytes, version);
    Stoppage stoppage;
    stoppage.kind = in.flag() ? StoppageKind::freeze : StoppageKind::pause;
    stoppage.name = in.text();
    stoppage.units = in.texts();
    stoppage.resource = in.text();
    stoppage.because = in.text();
    stoppage.by = in.text();
    stoppage.since = signed_number(in);
    stoppage.until = signed_number(in);
    in.end();
    return stoppage;
}

std::string encode(const CommandRelease& given) {
    Encoder out;
    out.text(given.unit);
    out.digest(given.release.digest);
    out.text(given.release.name);
    out.text(given.release.because);
    out.small(given.release.at_most);
    out.text(given.release.by);
    put(out, given.at);
    return out.sealed(version);
}

CommandRelease decode_release(std::string_view bytes) {
    Decoder in(bytes, version);
    CommandRelease given;
    given.unit = in.text();
    given.release.digest = in.digest();
    given.release.name = in.text();
    given.release.because = in.text();
    given.release.at_most = in.small();
    given.release.from_git = false;
    given.release.by = in.text();
    given.at = signed_number(in);
    in.end();
    return given;
}

std::string blob(const SQLite::Column& column) {
    return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

StandingCommands read(Database& database) {
    StandingCommands standing;
    SQLite::Transaction snapshot(database.connection());
    PreparedStatement stoppages(database, "SELECT key, body FROM stoppage ORDER BY key");
    while (stoppages.executeStep()) {
        standing.stoppages.push_back(decode_stoppage(blob(stoppages.getColumn(1))));
        if (stoppage_key(standing.stoppages.back()) != stoppages.getColumn(0).getString())
            throw BadEncoding("a row that is not what it is called");
    }
    PreparedStatement releases(database, "SELECT unit, entry, body FROM release ORDER BY id");
    while (releases.executeStep()) {
        standing.releases.push_back(decode_release(blob(releases.getColumn(2))));
        auto& given = standing.releases.back();
        // Its name tells whether the time is part of it.
        if (given.release.entry().hex() != releases.getColumn(1).getString()) given.release.given = given.at;
        if (given.unit != releases.getColumn(0).getString() ||
            given.release.entry().hex() != releases.getColumn(1).getString())
            throw BadEncoding("a row that is not what it is called");
    }
    return standing;
}

// One statement is one transaction. `values`: texts, the last of them bytes where `has_body`.
void write(Database& database, const std::string& sql, const std::vector<std::string>& values, bool has_body) {
    database.guarded("write", [&] {
        PreparedStatement statement(database, sql);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto& value = values[i];
            const int index = static_cast<int>(i) + 1;
            if (has_body && i + 1 == values.size())
                statement.bind(index, value.data(), static_cast<int>(value.size()));
            else
                statement.bind(index, value);
        }
        statement.exec();
    });
}

} // namespace

SqliteStoppages::SqliteStoppages(const std::filesystem::path& store, const SqliteOptions& options)
    : database_(store / "stoppages.db", stoppages_schema(), options) {}

Task<StandingCommands> SqliteStoppages::load() {
    auto work = [this] {
        try {
            return database_.guarded("read", [this] { return read(database_); });
        } catch (const BadEncoding& error) {
            throw UnusableStore(database_.place() + "cannot use: damaged: " + error.what() +
                                "; kedge leaves it as it is: bring back a copy, or move it away and pause and "
                                "release again what has to be");
        }
    };
    co_return co_await worker_.run(std::move(work));
}

Task<void> SqliteStoppages::put(Stoppage stoppage) {
    std::vector<std::string> values{stoppage_key(stoppage), encode(stoppage)};
    auto work = [this, values = std::move(values)] {
        write(database_, "INSERT OR REPLACE INTO stoppage (key, body) VALUES (?, ?)", values, true);
    };
    co_await worker_.run(std::move(work));
}

Task<void> SqliteStoppages::remove(Stoppage stoppage) {
    std::vector<std::string> values{stoppage_key(stoppage)};
    auto work = [this, values = std::move(values)] {
        write(database_, "DELETE FROM stoppage WHERE key = ?", values, false);
    };
    co_await worker_.run(std::move(work));
}

Task<void> SqliteStoppages::put(CommandRelease release) {
    std::vector<std::string> values{release.unit, release.release.entry().hex(), encode(release)};
    auto work = [this, values = std::move(values)] {
        write(database_,
              "INSERT INTO release (unit, entry, body) VALUES (?1, ?2, ?3) "
              "ON CONFLICT (unit, entry) DO UPDATE SET body = ?3",
              values, true);
    };
    co_await worker_.run(std::move(work));
}

Task<void> SqliteStoppages::remove_release(std::string unit, std::string entry) {
    std::vector<std::string> values{std::move(unit), std::move(entry)};
    auto work = [this, values = std::move(values)] {
        write(database_, "DELETE FROM release WHERE unit = ? AND entry = ?", values, false);
    };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
