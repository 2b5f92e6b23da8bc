#include "store/stored_previews.h"

#include "store/encoding.h"
#include "store/prepared_statement.h"
#include "store/row_seals.h"

#include <string_view>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE preview (
    repository TEXT NOT NULL, number INTEGER NOT NULL, head TEXT NOT NULL, state INTEGER NOT NULL,
    touched INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (repository, number, head)) STRICT;
CREATE INDEX preview_by_state ON preview (state, touched);
CREATE INDEX preview_by_age ON preview (touched);
)sql";

constexpr std::uint8_t version = 2; // of the bodies; 1: without what is known of comments
constexpr UnixSeconds a_day = 86400;
// Numbers that stand in files.
static_assert(static_cast<int>(PullState::merged) == 1 && static_cast<int>(PullState::closed) == 2);
static_assert(static_cast<int>(PreviewResult::applied) == 1 && static_cast<int>(PreviewResult::not_needed) == 4);

std::int64_t signed_number(Decoder& in) {
    return std::bit_cast<std::int64_t>(in.number());
}

template<class Kind>
Kind kind_from(Decoder& in, Kind last) {
    const int number = in.small();
    if (number > static_cast<int>(last)) throw BadEncoding("a kind that does not exist");
    return static_cast<Kind>(number);
}

void encode(Encoder& out, const PreviewedChange& change) {
    out.text(to_text(change.action));
    out.text(change.name);
    out.digest(change.change);
    out.digest(change.desired);
    out.digest(change.live);
    out.small(change.approved ? 1 : 0);
    out.small(static_cast<int>(change.result));
    out.text(change.text);
    put(out, change.at);
}

PreviewedChange decode_change(Decoder& in) {
    PreviewedChange change;
    const auto action = read_action(in.text());
    if (!action) throw BadEncoding("an action that does not exist");
    change.action = *action;
    change.name = in.text();
    change.change = in.digest();
    change.desired = in.digest();
    change.live = in.digest();
    change.approved = in.small() == 1;
    change.result = kind_from(in, PreviewResult::not_needed);
    change.text = in.text();
    change.at = signed_number(in);
    return change;
}

std::string encode(const PreviewRecord& record) {
    Encoder out;
    out.text(record.repository);
    out.small(record.number);
    out.text(record.head);
    out.text(record.base_branch);
    out.text(record.base_commit);
    out.text(record.tree);
    out.text(record.author);
    out.small(static_cast<int>(record.state));
    put(out, record.at);
    put(out, record.ended);
    out.texts(record.approvers);
    out.text(record.comment_id);
    out.number(record.units.size());
    for (const auto& unit : record.units) {
        out.text(unit.unit);
        out.number(unit.changes.size());
        for (const auto& change : unit.changes) encode(out, change);
    }
    out.number(record.releases.size());
    for (const auto& release : record.releases) {
        for (const auto* text : {&release.unit, &release.name, &release.digest, &release.because, &release.by})
            out.text(*text);
    }
    put(out, record.since);
    out.text(record.heard);
    return out.sealed(version);
}

PreviewRecord decode_record(std::string_view bytes) {
    const std::uint8_t written = bytes.starts_with('\1') ? std::uint8_t{1} : version;
    Decoder in(bytes, written);
    PreviewRecord record;
    record.repository = in.text();
    record.number = in.small();
    record.head = in.text();
    record.base_branch = in.text();
    record.base_commit = in.text();
    record.tree = in.text();
    record.author = in.text();
    record.state = kind_from(in, PullState::closed);
    record.at = signed_number(in);
    record.ended = signed_number(in);
    record.approvers = in.texts();
    record.comment_id = in.text();
    record.units.resize(in.count());
    for (auto& unit : record.units) {
        unit.unit = in.text();
        const auto changes = in.count();
        for (std::size_t i = 0; i < changes; ++i) unit.changes.push_back(decode_change(in));
    }
    record.releases.resize(in.count());
    for (auto& release : record.releases) {
        for (auto* text : {&release.unit, &release.name, &release.digest, &release.because, &release.by})
            *text = in.text();
    }
    if (written > 1) {
        record.since = signed_number(in);
        record.heard = in.text();
    }
    in.end();
    return record;
}

// A row that is damaged was not previewed; the others are none the worse for it.
std::vector<PreviewRecord> read(PreparedStatement& rows) {
    std::vector<PreviewRecord> records;
    while (rows.step()) {
        try {
            auto record = decode_record(rows.bytes(3));
            const bool fits = record.repository == rows.text(0) && record.number == static_cast<int>(rows.number(1)) &&
                              record.head == rows.text(2);
            if (fits) records.push_back(std::move(record));
        } catch (const BadEncoding&) {
            continue;
        }
    }
    return records;
}

void write(Database& database, const PreviewRecord& record, const PreviewRetention& retention) {
    const auto body = encode(record);
    Transaction transaction(database, Transaction::Kind::write);
    PreparedStatement add(database, upsert("preview", "repository, number, head", "state, touched, body"));
    add.bind(1, record.repository);
    add.bind(2, record.number);
    add.bind(3, record.head);
    add.bind(4, static_cast<int>(record.state));
    add.bind(5, age_of(record));
    add.bind_bytes(6, body);
    add.exec();
    PreparedStatement old(database, "DELETE FROM preview WHERE touched < ?");
    old.bind(1, age_of(record) - retention.days * a_day);
    old.exec();
    PreparedStatement many(database, "DELETE FROM preview WHERE rowid NOT IN (SELECT rowid FROM preview ORDER BY "
                                     "touched DESC, rowid DESC LIMIT ?)");
    many.bind(1, static_cast<std::int64_t>(retention.most_rows));
    many.exec();
    transaction.commit();
}

constexpr const char* newest_first = " ORDER BY touched DESC, repository, number DESC, head LIMIT ?";

} // namespace

Schema previews_schema() {
    Schema schema;
    schema.name = "previews";
    schema.kind = "list of previews";
    schema.application_id = 0x6B646770; // "kdgp"
    schema.migrations = {schema_1};
    return schema;
}

StoredPreviews::StoredPreviews(const StoreEngine& engine, PreviewRetention retention) : retention_(retention) {
    try {
        database_ = engine.open(previews_schema());
    } catch (const Failure& failure) {
        problem_ = failure.what();
    }
}

template<class Work>
Task<std::invoke_result_t<Work&>> StoredPreviews::guarded(std::string attempt, Work work) {
    if (!database_) throw Failure(NextAction::stop, problem_);
    auto on_connection = [this, &attempt, &work] { return database_->guarded(attempt, work); };
    co_return co_await worker_.run(std::move(on_connection));
}

Task<void> StoredPreviews::put(PreviewRecord record) {
    auto work = [this, &record] {
        write(*database_, record, retention_);
        return true;
    };
    std::string attempt = "write";
    co_await guarded(std::move(attempt), std::move(work));
}

Task<std::optional<PreviewRecord>> StoredPreviews::find(PreviewKey key) {
    auto work = [this, &key] {
        PreparedStatement rows(*database_, "SELECT repository, number, head, body FROM preview "
                                           "WHERE repository = ? AND number = ? AND head = ?");
        rows.bind(1, key.repository);
        rows.bind(2, key.number);
        rows.bind(3, key.head);
        return read(rows);
    };
    std::string attempt = "read";
    auto found = co_await guarded(std::move(attempt), std::move(work));
    std::optional<PreviewRecord> record;
    if (!found.empty()) record = std::move(found.front());
    co_return record;
}

Task<std::vector<PreviewRecord>> StoredPreviews::of_pull(std::string repository, int number) {
    auto work = [this, &repository, number] {
        PreparedStatement rows(*database_, std::string("SELECT repository, number, head, body FROM preview "
                                                       "WHERE repository = ? AND number = ?") +
                                               newest_first);
        rows.bind(1, repository);
        rows.bind(2, number);
        rows.bind(3, static_cast<std::int64_t>(retention_.most_rows));
        return read(rows);
    };
    std::string attempt = "read";
    co_return co_await guarded(std::move(attempt), std::move(work));
}

Task<std::vector<PreviewRecord>> StoredPreviews::with_state(PullState state, std::size_t most) {
    auto work = [this, state, most] {
        PreparedStatement rows(*database_,
                               std::string("SELECT repository, number, head, body FROM preview WHERE state = ?") +
                                   newest_first);
        rows.bind(1, static_cast<int>(state));
        rows.bind(2, static_cast<std::int64_t>(most));
        return read(rows);
    };
    std::string attempt = "read";
    co_return co_await guarded(std::move(attempt), std::move(work));
}

} // namespace kedge
