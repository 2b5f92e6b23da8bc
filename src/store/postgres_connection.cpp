#include "store/postgres_connection.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <libpq-fe.h>
#include <poll.h>
#include <utility>

namespace kedge {

namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr const char* connection_gone = "08000";
constexpr const char* connect_seconds = "3";

// One line, without the label that libpq puts before it.
std::string one_line(const char* message) {
    std::string text = message == nullptr ? "" : message;
    for (const std::string_view label : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
        if (const auto at = text.find(label); at != std::string::npos) text.erase(0, at + label.size());
    }
    text = text.substr(0, text.find('\n'));
    return scrub(text);
}

struct ParameterLists {
    explicit ParameterLists(const std::vector<PostgresParameter>& parameters) {
        for (const auto& one : parameters) {
            types.push_back(one.type);
            values.push_back(one.null ? nullptr : one.value.data());
            lengths.push_back(static_cast<int>(one.value.size()));
            formats.push_back(one.binary ? 1 : 0);
        }
    }
    std::vector<Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
};

} // namespace

std::string PostgresOptions::place() const {
    return "postgres \"" + user + "@" + host + ":" + std::to_string(port) + "/" + name + "\": ";
}

bool PostgresError::is_connection() const {
    return state_.starts_with("08") || state_.starts_with("57P");
}

PostgresResult::PostgresResult(pg_result* result) : result_(result) {}

void PostgresResult::Clear::operator()(pg_result* result) const {
    PQclear(result);
}

int PostgresResult::rows() const {
    return PQntuples(result_.get());
}

unsigned PostgresResult::type(int column) const {
    return PQftype(result_.get(), column);
}

std::string_view PostgresResult::value(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t PostgresResult::touched() const {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

void PostgresConnection::Finish::operator()(pg_conn* connection) const {
    PQfinish(connection);
}

void PostgresConnection::open() {
    if (connection_) return;
    const Secret password = options_.password ? options_.password() : Secret();
    const auto port = std::to_string(options_.port);
    std::vector<const char*> keys;
    std::vector<const char*> values;
    const auto add = [&](const char* key, const char* value) {
        keys.push_back(key);
        values.push_back(value);
    };
    add("host", options_.host.c_str());
    add("port", port.c_str());
    add("dbname", options_.name.c_str());
    add("user", options_.user.c_str());
    if (!password.empty()) add("password", password.reveal().c_str());
    add("sslmode", options_.tls.c_str());
    // libpq looks into a home folder otherwise, and believes nobody where there is none.
    if (options_.tls.starts_with("verify"))
        add("sslrootcert", options_.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : options_.ca_file.c_str());
    add("connect_timeout", connect_seconds);
    add("keepalives_idle", "5");
    add("keepalives_interval", "2");
    add("keepalives_count", "3");
    add("tcp_user_timeout", "10000");
    add("application_name", "kedge");
    add("client_encoding", "UTF8");
    add("fallback_application_name", "kedge");
    keys.push_back(nullptr);
    values.push_back(nullptr);
    std::unique_ptr<pg_conn, Finish> fresh(PQconnectdbParams(keys.data(), values.data(), 0));
    if (!fresh || PQstatus(fresh.get()) != CONNECTION_OK) {
        // No SQLSTATE is told here: what a person has to put right is known by its words.
        const std::string cause = one_line(fresh ? PQerrorMessage(fresh.get()) : "out of memory");
        const bool refused =
            cause.find("authentication") != std::string::npos || cause.find("no password") != std::string::npos ||
            cause.find("does not exist") != std::string::npos || cause.find("pg_hba") != std::string::npos ||
            cause.find("certificate") != std::string::npos;
        throw PostgresError(refused ? "28000" : connection_gone, cause);
    }
    PQsetnonblocking(fresh.get(), 1);
    PQsetNoticeProcessor(
        fresh.get(), [](void*, const char*) {}, nullptr);
    connection_ = std::move(fresh);
    ++generation_;
}

void PostgresConnection::close() {
    connection_.reset();
}

void PostgresConnection::lost(const std::string& cause) {
    close();
    throw PostgresError(connection_gone, cause);
}

void PostgresConnection::wait_for_socket(Time until, bool also_write) {
    for (;;) {
        const auto left = std::chrono::duration_cast<Milliseconds>(until - std::chrono::steady_clock::now()).count();
        if (left <= 0) lost("no answer within " + format_duration(options_.deadline));
        pollfd one{PQsocket(connection_.get()), static_cast<short>(also_write ? POLLIN | POLLOUT : POLLIN), 0};
        const int ready = ::poll(&one, 1, static_cast<int>(left));
        if (ready > 0) return;
        if (ready < 0 && errno != EINTR) lost("the connection cannot be waited for");
    }
}

PostgresResult PostgresConnection::wait(bool sent) {
    auto* connection = connection_.get();
    if (!sent) lost(one_line(PQerrorMessage(connection)));
    const auto until = std::chrono::steady_clock::now() + options_.deadline;
    PostgresResult last(nullptr);
    std::string state;
    std::string cause;
    for (;;) {
        for (int rest = PQflush(connection); rest != 0 || PQisBusy(connection) == 1;) {
            if (rest < 0) lost("the connection is lost: " + one_line(PQerrorMessage(connection)));
            wait_for_socket(until, rest == 1);
            if (PQconsumeInput(connection) == 0)
                lost("the connection is lost: " + one_line(PQerrorMessage(connection)));
            rest = PQflush(connection);
        }
        auto* result = PQgetResult(connection);
        if (result == nullptr) break;
        last = PostgresResult(result);
        const auto status = PQresultStatus(result);
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) continue;
        const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        state = code == nullptr ? connection_gone : code;
        cause = one_line(PQresultErrorMessage(result));
    }
    if (PQstatus(connection) == CONNECTION_BAD) lost(cause.empty() ? "the connection is lost" : cause);
    if (!state.empty()) throw PostgresError(state, cause);
    return last;
}

PostgresResult PostgresConnection::run(const std::string& sql) {
    return wait(PQsendQuery(connection_.get(), sql.c_str()) == 1);
}

void PostgresConnection::prepare(const std::string& name, const std::string& sql,
                                 const std::vector<PostgresParameter>& parameters) {
    const ParameterLists lists(parameters);
    const auto count = static_cast<int>(parameters.size());
    wait(PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), count, lists.types.data()) == 1);
}

PostgresResult PostgresConnection::run_prepared(const std::string& name,
                                                const std::vector<PostgresParameter>& parameters) {
    const ParameterLists lists(parameters);
    return wait(PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(parameters.size()),
                                    lists.values.data(), lists.lengths.data(), lists.formats.data(), 0) == 1);
}

} // namespace kedge
