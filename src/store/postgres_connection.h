// One connection to PostgreSQL whose every wait has an end: a server that is frozen or cut off is as good as gone.
// Blocking; one thread at a time.
#pragma once
#include "base/duration.h"
#include "base/secret.h"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace kedge {

struct PostgresOptions {
    std::string host; // or the folder of its Unix socket
    int port = 5432;
    std::string name = "kedge"; // of the database
    std::string user = "kedge";
    std::function<Secret()> password; // asked at each connecting; null: none. Throws Failure
    std::string tls = "verify-full";  // as libpq's sslmode
    std::string ca_file;              // PEM; empty: the system's
    std::string prefix = "kedge";     // of the schemas in it
    Milliseconds deadline{15000};     // of one statement
    // Held as long as connected: others may be present beside one that shares. Throws StoreBusy where that cannot be.
    enum class Presence { none, shared, alone };
    Presence presence = Presence::none;

    std::string place() const; // "postgres \"kedge@db.example:5432/kedge\": "
};

// What the server said, or why it did not.
class PostgresError final : public std::runtime_error {
public:
    PostgresError(std::string state, const std::string& text) : std::runtime_error(text), state_(std::move(state)) {}
    // SQLSTATE; "08000" where the connection is gone.
    const std::string& state() const { return state_; }
    bool is_connection() const;

private:
    std::string state_;
};

struct PostgresParameter {
    unsigned type = 0;
    std::string value;
    bool binary = false;
    bool null = true;
};

class PostgresResult final {
public:
    explicit PostgresResult(pg_result* result);
    int rows() const;
    unsigned type(int column) const;
    std::string_view value(int row, int column) const; // NULL is empty
    std::int64_t touched() const;

private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

class PostgresConnection final {
public:
    explicit PostgresConnection(PostgresOptions options) : options_(std::move(options)) {}

    // Connects where it is not connected. Throws PostgresError, or Failure where there is no password.
    void open();
    bool is_open() const { return connection_ != nullptr; }
    void close();
    // Counts the connections that were made: what was prepared on another one is gone.
    int generation() const { return generation_; }
    const PostgresOptions& options() const { return options_; }

    PostgresResult run(const std::string& sql); // one or more statements; the result of the last
    void prepare(const std::string& name, const std::string& sql, const std::vector<PostgresParameter>& parameters);
    PostgresResult run_prepared(const std::string& name, const std::vector<PostgresParameter>& parameters);

private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    PostgresResult wait(bool sent);
    void wait_for_socket(std::chrono::steady_clock::time_point until, bool also_write);
    [[noreturn]] void lost(const std::string& cause);

    PostgresOptions options_;
    std::unique_ptr<pg_conn, Finish> connection_;
    int generation_ = 0;
};

} // namespace kedge
