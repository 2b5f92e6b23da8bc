#include "store/postgres_database.h"

#include "store/postgres_text.h"
#include "store/prepared_statement.h"
#include "store/store_lock.h"

#include <charconv>
#include <map>
#include <utility>

namespace kedge {

namespace {

// Of PostgreSQL's catalog: pg_type.
constexpr unsigned type_bytes = 17;
constexpr unsigned type_number = 20;
constexpr unsigned type_text = 25;

// Held while a schema is made or migrated: nobody does it twice. Of the session, not of the transaction: one that began
// before the lock was there knows nothing of schemas that were made meanwhile.
constexpr const char* lock_migrations = "SELECT pg_advisory_lock(1801806951)";
constexpr const char* unlock_migrations = "SELECT pg_advisory_unlock(1801806951)";

// SQLite has it: where the second text stands in the first, from 1 on.
constexpr const char* instr_function = "CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE "
                                       "AS 'SELECT strpos($1, $2)'";

std::int64_t number_of(std::string_view text) {
    if (text == "t") return 1;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

class PostgresStatement final : public Statement {
public:
    PostgresStatement(PostgresConnection& connection, const std::string& sql, std::string name)
        : connection_(connection), sql_(postgres_statement(sql)), name_(std::move(name)) {}

    void bind(int index, const Bound& value) override {
        const auto at = static_cast<std::size_t>(index) - 1;
        while (parameters_.size() <= at) parameters_.push_back({type_text, {}, false, true});
        auto& one = parameters_[at];
        one.null = false;
        one.binary = value.kind == Bound::Kind::bytes;
        switch (value.kind) {
        case Bound::Kind::number:
            one.type = type_number;
            one.value = std::to_string(value.number);
            break;
        case Bound::Kind::text:
            one.type = type_text;
            one.value = to_postgres_text(value.bytes);
            break;
        case Bound::Kind::bytes:
            one.type = type_bytes;
            one.value = value.bytes;
            break;
        }
    }
    bool step() override {
        if (!result_) result_ = std::make_unique<PostgresResult>(run());
        ++row_;
        decoded_.clear();
        return row_ < result_->rows();
    }
    std::int64_t exec() override { return run().touched(); }
    Cell cell(int column) const override {
        const auto value = result_->value(row_, column);
        const auto type = result_->type(column);
        if (type == type_bytes) return {0, decoded_[column] = decode(value)};
        if (type != type_text) return {number_of(value), {}};
        if (value.find('\x01') == std::string_view::npos) return {0, value};
        return {0, decoded_[column] = from_postgres_text(value)};
    }
    void reset(bool without_values) override {
        result_.reset();
        decoded_.clear();
        row_ = -1;
        if (without_values) parameters_.clear();
    }

private:
    static std::string decode(std::string_view hex) {
        try {
            return from_postgres_bytes(hex);
        } catch (const std::runtime_error& error) {
            throw PostgresError("XX001", error.what());
        }
    }
    PostgresResult run() {
        if (prepared_for_ != connection_.generation()) {
            connection_.prepare(name_, sql_, parameters_);
            prepared_for_ = connection_.generation();
        }
        return connection_.run_prepared(name_, parameters_);
    }

    PostgresConnection& connection_;
    std::string sql_;
    std::string name_;
    std::vector<PostgresParameter> parameters_;
    std::unique_ptr<PostgresResult> result_;
    mutable std::map<int, std::string> decoded_; // of this row
    int row_ = -1;
    int prepared_for_ = 0;
};

} // namespace

PostgresDatabase::PostgresDatabase(PostgresOptions options, Schema schema)
    : Database(options.place()), connection_(std::move(options)), schema_(std::move(schema)) {
    guarded("open", [] {});
}

std::string PostgresDatabase::schema_name() const {
    return "\"" + connection_.options().prefix + "_" + std::string(schema_.name) + "\"";
}

void PostgresDatabase::make_ready() {
    if (!connection_.is_open()) connection_.open();
    if (ready_for_ == connection_.generation()) return;
    try {
        settle_in();
    } catch (...) { // a transaction may be open on it
        connection_.close();
        throw;
    }
    ready_for_ = connection_.generation();
}

void PostgresDatabase::be_present() {
    using Presence = PostgresOptions::Presence;
    const auto presence = connection_.options().presence;
    if (presence == Presence::none) return;
    const std::string function = presence == Presence::shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
    // Of this installation's schemas only: a database may hold several.
    const auto key = "hashtext('" + schema_name() + "')";
    if (connection_.run("SELECT " + function + "(1801806951, " + key + ")").value(0, 0) == "t") return;
    throw StoreBusy(place() + (presence == Presence::shared
                                   ? "a command, or a kedge with `single: true`, is at work on it"
                                   : "another kedge is at work on it"));
}

void PostgresDatabase::settle_in() {
    be_present();
    const auto milliseconds = std::to_string(connection_.options().deadline.count());
    connection_.run("SET search_path = " + schema_name() + ", pg_catalog; SET statement_timeout = " + milliseconds +
                    "; SET lock_timeout = " + milliseconds + "; SET idle_in_transaction_session_timeout = 60000" +
                    "; SET bytea_output = hex; SET synchronous_commit = " + (schema_.durable ? "on" : "off"));
    const auto found = version();
    judge(found);
    if (found < static_cast<std::int64_t>(schema_.migrations.size())) migrate();
}

std::int64_t PostgresDatabase::version() {
    const auto there = connection_.run("SELECT to_regclass('" + schema_name() + ".schema_version') IS NOT NULL");
    if (there.value(0, 0) != "t") return 0;
    const auto row = connection_.run("SELECT version, application_id FROM schema_version");
    if (row.rows() != 1 || number_of(row.value(0, 1)) != schema_.application_id) {
        throw UnusableStore(place() + "cannot use: schema " + schema_name() +
                            " belongs to another program; name another database");
    }
    return number_of(row.value(0, 0));
}

void PostgresDatabase::judge(std::int64_t version) const {
    const auto known = static_cast<std::int64_t>(schema_.migrations.size());
    if (version <= known) return;
    throw UnusableStore(place() + "cannot open: the " + std::string(schema_.kind) +
                        " was written by a newer kedge (schema " + std::to_string(version) + ", this one knows " +
                        std::to_string(known) + "); use that version again");
}

// Whole or not at all: PostgreSQL rolls back what makes tables like anything else.
void PostgresDatabase::migrate() {
    connection_.run(lock_migrations);
    connection_.run("BEGIN");
    const auto from = static_cast<std::size_t>(version()); // another one may have been quicker
    judge(static_cast<std::int64_t>(from));
    if (from == 0) {
        const auto there = connection_.run("SELECT 1 FROM pg_namespace WHERE nspname = '" +
                                           connection_.options().prefix + "_" + std::string(schema_.name) + "'");
        if (there.rows() == 0) connection_.run("CREATE SCHEMA " + schema_name());
        connection_.run(instr_function);
        connection_.run("CREATE TABLE schema_version (version BIGINT NOT NULL, application_id BIGINT NOT NULL)");
        connection_.run("INSERT INTO schema_version VALUES (0, " + std::to_string(schema_.application_id) + ")");
    }
    for (auto i = from; i < schema_.migrations.size(); ++i) connection_.run(postgres_migration(schema_.migrations[i]));
    connection_.run("UPDATE schema_version SET version = " + std::to_string(schema_.migrations.size()));
    connection_.run("COMMIT");
    connection_.run(unlock_migrations);
}

void PostgresDatabase::discard() {
    guarded("drop", [this] { connection_.run("DROP SCHEMA IF EXISTS " + schema_name() + " CASCADE"); });
    connection_.close();
}

std::unique_ptr<Statement> PostgresDatabase::compile(const std::string& sql) {
    return std::make_unique<PostgresStatement>(connection_, sql, "k" + std::to_string(++statements_));
}

std::vector<std::int64_t> PostgresDatabase::new_ids(const std::string& table, std::size_t count) {
    const auto rows = connection_.run("SELECT nextval(pg_get_serial_sequence('" + table +
                                      "', 'id')) FROM generate_series(1, " + std::to_string(count) + ")");
    std::vector<std::int64_t> ids;
    for (int i = 0; i < rows.rows(); ++i) ids.push_back(number_of(rows.value(i, 0)));
    return ids;
}

void PostgresDatabase::transact(TransactionStep step) {
    switch (step) {
    case TransactionStep::begin_read:
        connection_.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        return;
    case TransactionStep::begin_write:
        connection_.run("BEGIN");
        return;
    case TransactionStep::commit:
        connection_.run("COMMIT");
        return;
    case TransactionStep::roll_back:
        if (connection_.is_open()) connection_.run("ROLLBACK"); // the server does it for one that is lost
        return;
    }
}

void PostgresDatabase::explain(std::string_view attempt, const std::runtime_error& error) const {
    const auto* ours = dynamic_cast<const PostgresError*>(&error);
    if (ours == nullptr) return;
    const std::string start = place() + "cannot " + std::string(attempt) + ": ";
    const std::string& state = ours->state();
    // Nobody knows what became of a commit whose answer never came.
    if (ours->is_connection())
        throw Failure(NextAction::retry,
                      start + ours->what() +
                          "; is it up, and the address right? A daemon connects again by itself, and reads anew");
    const std::string outcome = "; nothing was written";
    if (state.starts_with("28") || state.starts_with("3D"))
        throw Failure(NextAction::wait_for_change,
                      start + ours->what() + "; look at the user, the password and the name in `database`");
    if (state == "42501" || state == "25006")
        throw Failure(NextAction::wait_for_change,
                      start + ours->what() +
                          "; give this user the right to create schemas in this database and to "
                          "write in them");
    if (state.starts_with("42"))
        throw UnusableStore(place() + "cannot use: damaged: " + ours->what() +
                            "; kedge leaves it as it is: bring back a "
                            "copy, or drop schema " +
                            schema_name() + " and the " + std::string(schema_.kind) + " is made anew");
    if (state.starts_with("53"))
        throw Failure(NextAction::retry, start + ours->what() + outcome + ", look at the database's disk and limits");
    throw Failure(NextAction::retry, start + ours->what() + outcome + ", it will be tried again");
}

StoreEngine postgres_engine(PostgresOptions options) {
    StoreEngine engine;
    engine.open = [options](const Schema& schema) { return std::make_unique<PostgresDatabase>(options, schema); };
    engine.discard = [options](const Schema& schema) {
        try {
            PostgresDatabase(options, schema).discard();
        } catch (const Failure&) { // NOLINT(bugprone-empty-catch): what cannot be dropped is of no use either
        }
    };
    return engine;
}

StorePlace postgres_place(const PostgresOptions& options) {
    StorePlace place;
    place.engine = postgres_engine(options);
    place.version = [options](const Schema& schema) -> std::int64_t {
        try {
            PostgresConnection connection(options);
            connection.open();
            const auto table = "\"" + options.prefix + "_" + std::string(schema.name) + "\".schema_version";
            if (connection.run("SELECT to_regclass('" + table + "') IS NOT NULL").value(0, 0) != "t") return 0;
            const auto row = connection.run("SELECT version FROM " + table);
            return row.rows() == 1 ? number_of(row.value(0, 0)) : 0;
        } catch (const PostgresError& error) {
            throw Failure(NextAction::retry, options.place() + "cannot read: " + error.what());
        }
    };
    place.raise_ids = [](Database& database, const std::string& table, std::int64_t last) {
        if (last == 0) return;
        PreparedStatement raise(database, "SELECT setval(pg_get_serial_sequence(?1, 'id'), ?2)");
        raise.bind(1, table);
        raise.bind(2, last);
        raise.step();
    };
    return place;
}

} // namespace kedge
