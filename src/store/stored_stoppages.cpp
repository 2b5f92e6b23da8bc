#include "store/stored_stoppages.h"

#include "store/encoding.h"
#include "store/prepared_statement.h"
#include "store/row_seals.h"

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

StandingCommands read(Database& database) {
    StandingCommands standing;
    Transaction snapshot(database, Transaction::Kind::read);
    PreparedStatement stoppages(database, "SELECT key, body FROM stoppage ORDER BY key");
    while (stoppages.step()) {
        standing.stoppages.push_back(decode_stoppage(stoppages.bytes(1)));
        if (stoppage_key(standing.stoppages.back()) != stoppages.text(0))
            throw BadEncoding("a row that is not what it is called");
    }
    PreparedStatement releases(database, "SELECT unit, entry, body FROM release ORDER BY id");
    while (releases.step()) {
        standing.releases.push_back(decode_release(releases.bytes(2)));
        auto& given = standing.releases.back();
        // Its name tells whether the time is part of it.
        if (given.release.entry().hex() != releases.text(1)) given.release.given = given.at;
        if (given.unit != releases.text(0) || given.release.entry().hex() != releases.text(1))
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
                statement.bind_bytes(index, value);
            else
                statement.bind(index, value);
        }
        statement.exec();
    });
}

} // namespace

Schema stoppages_schema() {
    Schema schema;
    schema.name = "stoppages";
    schema.kind = "list of pauses";
    schema.application_id = 0x6B646773; // "kdgs"
    schema.migrations = {schema_1};
    return schema;
}

StoredStoppages::StoredStoppages(const StoreEngine& engine) : database_(engine.open(stoppages_schema())) {}

Task<StandingCommands> StoredStoppages::load() {
    auto work = [this] {
        try {
            return database_->guarded("read", [this] { return read(*database_); });
        } catch (const BadEncoding& error) {
            throw UnusableStore(database_->place() + "cannot use: damaged: " + error.what() +
                                "; kedge leaves it as it is: bring back a copy, or move it away and pause and "
                                "release again what has to be");
        }
    };
    co_return co_await worker_.run(std::move(work));
}

Task<void> StoredStoppages::put(Stoppage stoppage) {
    std::vector<std::string> values{stoppage_key(stoppage), encode(stoppage)};
    auto work = [this, values = std::move(values)] {
        write(*database_, upsert("stoppage", "key", "body"), values, true);
    };
    co_await worker_.run(std::move(work));
}

Task<void> StoredStoppages::remove(Stoppage stoppage) {
    std::vector<std::string> values{stoppage_key(stoppage)};
    auto work = [this, values = std::move(values)] {
        write(*database_, "DELETE FROM stoppage WHERE key = ?", values, false);
    };
    co_await worker_.run(std::move(work));
}

Task<void> StoredStoppages::put(CommandRelease release) {
    std::vector<std::string> values{release.unit, release.release.entry().hex(), encode(release)};
    auto work = [this, values = std::move(values)] {
        write(*database_,
              "INSERT INTO release (unit, entry, body) VALUES (?1, ?2, ?3) "
              "ON CONFLICT (unit, entry) DO UPDATE SET body = ?3",
              values, true);
    };
    co_await worker_.run(std::move(work));
}

Task<void> StoredStoppages::remove_release(std::string unit, std::string entry) {
    std::vector<std::string> values{std::move(unit), std::move(entry)};
    auto work = [this, values = std::move(values)] {
        write(*database_, "DELETE FROM release WHERE unit = ? AND entry = ?", values, false);
    };
    co_await worker_.run(std::move(work));
}

} // namespace kedge
