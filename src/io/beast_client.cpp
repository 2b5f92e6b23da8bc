#include "io/beast_client.h"

#include "base/failure.h"
#include "io/deadline.h"
#include "io/dial.h"
#include "io/message_parser.h"
#include "io/request_traits.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <limits>
#include <openssl/crypto.h>
#include <optional>
#include <utility>
#include <vector>

namespace kedge {

namespace asio = boost::asio;

namespace {

using Time = Deadlines::Time;

// A connection that rested longer than this is asked whether it still lives before it is used.
constexpr Milliseconds trusted_rest{1000};
// Up to here head and body become one TLS record instead of two.
constexpr std::size_t one_record = 16 * 1024 - 2048;
constexpr const char* given_up = "given up, because kedge was asked to end";

Time now() {
    return std::chrono::steady_clock::now();
}

struct Connection {
    Connection(std::unique_ptr<Stream> opened, std::shared_ptr<Deadlines> deadlines)
        : stream(std::move(opened)), deadline(std::move(deadlines), [this] { stream->close(); }) {}
    ~Connection() { forget(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // The head holds the credentials, and may hold a body with secrets.
    void forget() {
        OPENSSL_cleanse(head.data(), head.size());
        head.clear();
    }

    std::unique_ptr<Stream> stream;
    ReadBuffer buffer;
    std::string head;
    std::string forbidden; // why what was to be written here was not
    Deadline deadline;
    Time rests_since;
};

// One try on one connection.
struct Attempt {
    HttpOutcome outcome;
    bool reusable = false;
    bool died_unheard = false; // the other side ended the connection before the first byte of an answer
};

// Who hears an answer that goes on.
struct Ear {
    BeastClient::OnPiece on_piece;
    Milliseconds silence;
    HttpOutcome outcome;
};

} // namespace

struct BeastClient::State {
    State(BeastClientOptions wanted, Stop* ends);
    std::unique_ptr<Connection> take_idle(bool idempotent);
    void give_back(std::unique_ptr<Connection> connection);
    Task<std::string> open(std::unique_ptr<Connection>& connection, Milliseconds left);
    Task<void> attempt(Connection& connection, const HttpRequest& request, Attempt& attempt);
    Task<std::size_t> send_all(Connection& connection, const HttpRequest& request, ErrorCode& error);
    Task<void> receive(Connection& connection, const HttpRequest& request, ErrorCode sent_badly, Attempt& attempt);
    Task<void> follow(Connection& connection, Ear& ear);
    void write_head(std::string& head, const HttpRequest& request) const;
    std::string describe(const Connection& connection, const ErrorCode& error, bool heard) const;
    std::string place() const { return "\"" + dialer.origin().place() + "\": "; }

    BeastClientOptions options;
    Stop* stop;
    Dialer dialer;
    std::string prefix; // of the request target
    Secret host_lines;
    struct Line {
        std::string header;
        Secret text;
    };
    std::vector<Line> credential_lines;
    std::shared_ptr<Deadlines> deadlines;
    std::vector<std::unique_ptr<Connection>> idle;
    HttpCounters counters;
};

namespace {

std::optional<Proxy> proxy_of(const BeastClientOptions& options) {
    if (options.proxy.empty() || !options.unix_socket.empty()) return std::nullopt;
    return parse_proxy(options.proxy);
}

} // namespace

BeastClient::State::State(BeastClientOptions wanted, Stop* ends)
    : options(std::move(wanted)), stop(ends),
      dialer(parse_origin(options.base_url, options.unix_socket), proxy_of(options), options.ca_file, stop) {
    const Origin& origin = dialer.origin();
    prefix = origin.base_path;
    std::string host = "Host: " + origin.authority + "\r\n";
    if (dialer.proxy() && !origin.tls) {
        prefix.insert(0, "http://" + origin.authority);
        const Secret& authorization = dialer.proxy()->authorization;
        if (!authorization.empty()) append_header(host, "Proxy-Authorization", authorization.reveal());
    }
    host_lines = Secret(std::move(host));
    if (!header_is_clean("User-Agent", options.user_agent))
        throw Failure(NextAction::stop, "http client: use the user agent: it holds a character that none may hold");
    for (const auto& line : options.credentials) {
        if (line.value.empty()) continue;
        if (!header_is_clean(line.header, line.value.reveal()))
            throw Failure(NextAction::stop, "http client: use the token for \"" + origin.authority +
                                                "\": it holds a control character; is there a newline at its end?");
        credential_lines.push_back(
            {line.header, Secret(line.header + ": " + line.prefix + line.value.reveal() + "\r\n")});
    }
    options.credentials.clear();
}

std::unique_ptr<Connection> BeastClient::State::take_idle(bool idempotent) {
    const Time trusted = now() - trusted_rest;
    while (!idle.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle.back());
        idle.pop_back();
        // What must not be sent twice deserves a look first: the server may have ended the connection meanwhile.
        const bool look = !idempotent || connection->rests_since < trusted;
        if (!look || connection->stream->is_quiet()) return connection;
    }
    return nullptr;
}

void BeastClient::State::give_back(std::unique_ptr<Connection> connection) {
    connection->rests_since = now();
    if (idle.size() < options.most_idle) idle.push_back(std::move(connection));
}

Task<std::string> BeastClient::State::open(std::unique_ptr<Connection>& connection, Milliseconds left) {
    auto executor = co_await asio::this_coro::executor;
    if (!deadlines) deadlines = std::make_shared<Deadlines>(executor);
    connection = std::make_unique<Connection>(dialer.make_stream(executor), deadlines);
    const Milliseconds timeout = std::min(options.connect_timeout, left);
    connection->deadline.set(timeout);
    std::string problem = co_await dialer.open(*connection->stream, connection->deadline, timeout);
    if (connection->deadline.expired())
        problem = is_asked(stop) ? given_up : "no connection within " + format_duration(timeout);
    connection->deadline.clear();
    if (problem.empty()) ++counters.connections;
    co_return problem;
}

void BeastClient::State::write_head(std::string& head, const HttpRequest& request) const {
    head.clear();
    head.append(request.method).append(" ").append(prefix).append(request.target).append(" HTTP/1.1\r\n");
    head += host_lines.reveal();
    if (header(request.headers, "User-Agent").empty()) append_header(head, "User-Agent", options.user_agent);
    if (header(request.headers, "Accept").empty()) append_header(head, "Accept", "application/json");
    for (const auto& line : credential_lines) {
        if (header(request.headers, line.header).empty()) head += line.text.reveal();
    }
    for (const auto& [name, value] : request.headers) {
        const bool ours = same_name(name, "host") || same_name(name, "content-length") ||
                          same_name(name, "transfer-encoding") || same_name(name, "connection");
        if (!ours) append_header(head, name, value);
    }
    if (has_body(request)) append_number_header(head, "Content-Length", request.body.size());
    head += "\r\n";
}

Task<std::size_t> BeastClient::State::send_all(Connection& connection, const HttpRequest& request, ErrorCode& error) {
    write_head(connection.head, request);
    std::string_view body = request.body;
    if (dialer.origin().tls && body.size() <= one_record) {
        connection.head += body;
        body = {};
    }
    std::string_view head = connection.head;
    Stream::Parts parts{asio::buffer(head), asio::buffer(body)};
    const std::size_t whole = head.size() + body.size();
    connection.forbidden = looks(request) || !options.forbids_write ? std::string() : options.forbids_write();
    if (!connection.forbidden.empty()) {
        error = asio::error::access_denied;
        co_return 0;
    }
    std::size_t sent = connection.stream->write_now(parts, error); // nothing may be awaited since the question
    while (sent < whole && !error) {
        const std::size_t of_head = std::min(sent, head.size());
        parts[0] = asio::buffer(head.substr(of_head));
        parts[1] = asio::buffer(body.substr(sent - of_head));
        sent += co_await connection.stream->write(parts, error);
    }
    co_return sent;
}

std::string BeastClient::State::describe(const Connection& connection, const ErrorCode& error, bool heard) const {
    if (connection.deadline.expired() && is_asked(stop)) return given_up;
    if (connection.deadline.expired()) return "no whole answer within " + format_duration(options.request_timeout);
    if (error == boost::beast::http::error::body_limit)
        return "the answer is larger than " + std::to_string(options.most_body_bytes) + " bytes";
    const std::string when = heard ? "in the middle of the answer" : "before an answer";
    if (error == boost::beast::http::error::partial_message || error == asio::error::eof ||
        error == asio::ssl::error::stream_truncated)
        return "the connection ended " + when;
    if (error == asio::error::operation_aborted) return "cancelled " + when;
    if (error.category() == boost::beast::http::make_error_code(boost::beast::http::error::need_more).category())
        return "the answer is not HTTP/1.1: " + error.message();
    return error.message() + ", " + when;
}

Task<void> BeastClient::State::receive(Connection& connection, const HttpRequest& request, ErrorCode sent_badly,
                                       Attempt& attempt) {
    MessageLimits limits;
    limits.body_bytes = options.most_body_bytes;
    std::optional<ResponseParser> parser;
    bool heard = false;
    ErrorCode error;
    for (bool interim = true; interim && !error;) { // 100 and 103 come before the answer
        parser.emplace(limits);
        parser->skip(request.method == "HEAD");
        error = feed(*parser, connection.buffer);
        while (!error && !parser->is_done()) {
            const std::size_t count = co_await connection.stream->read(connection.buffer.space(), error);
            connection.buffer.commit(count);
            heard = heard || count > 0;
            if (!error) {
                error = feed(*parser, connection.buffer);
            } else if (error == asio::error::eof && parser->got_some()) {
                error = {};
                parser->put_eof(error); // a body without a length ends here; any other is cut off
            }
        }
        interim = parser->response.status < 200 && parser->response.status != 101;
    }
    if (error) {
        attempt.outcome.delivery = Delivery::unknown;
        attempt.outcome.error = place() + describe(connection, sent_badly && !heard ? sent_badly : error, heard);
        attempt.died_unheard = !heard && !connection.deadline.expired() && error != asio::error::operation_aborted;
        co_return;
    }
    attempt.outcome.delivery = Delivery::answered;
    attempt.outcome.response = std::move(parser->response);
    attempt.reusable = !sent_badly && parser->keep_alive() && connection.buffer.empty();
}

Task<void> BeastClient::State::attempt(Connection& connection, const HttpRequest& request, Attempt& attempt) {
    ++counters.requests;
    ErrorCode error;
    const std::size_t sent = co_await send_all(connection, request, error);
    if (!connection.forbidden.empty()) {
        attempt.outcome.error = place() + connection.forbidden;
        attempt.reusable = true;
        co_return;
    }
    if (sent == 0 && error) {
        attempt.outcome.delivery = Delivery::not_sent;
        attempt.outcome.error = place() + describe(connection, error, false);
        attempt.died_unheard = !connection.deadline.expired() && error != asio::error::operation_aborted;
        co_return;
    }
    // A server may refuse a large body before it has read it all: then the answer is there although sending failed.
    co_await receive(connection, request, error, attempt);
}

Task<void> BeastClient::State::follow(Connection& connection, Ear& ear) {
    MessageLimits limits;
    limits.body_bytes = std::numeric_limits<std::uint64_t>::max(); // pieces are handed on, not kept
    ResponseParser parser(limits);
    HttpResponse& response = parser.response;
    ErrorCode error;
    bool wanted = true;
    while (wanted && !error && !parser.is_done()) {
        const std::size_t count = co_await connection.stream->read(connection.buffer.space(), error);
        connection.buffer.commit(count);
        if (!error) {
            connection.deadline.set(is_asked(stop) ? Milliseconds(0) : ear.silence); // forgets that one expired
            error = feed(parser, connection.buffer);
        } else if (error == asio::error::eof && parser.got_some()) {
            error = {};
            parser.put_eof(error);
        }
        if (response.body.empty()) continue;
        if (response.status < 300)
            wanted = ear.on_piece(std::exchange(response.body, {}));
        else if (response.body.size() > options.most_body_bytes)
            error = boost::beast::http::error::body_limit;
    }
    ear.outcome.delivery = error ? Delivery::unknown : Delivery::answered;
    const bool silent = connection.deadline.expired() && !is_asked(stop) && parser.got_some();
    if (error)
        ear.outcome.error = place() + (silent ? "nothing came for " + format_duration(ear.silence)
                                              : describe(connection, error, parser.got_some()));
    ear.outcome.response = std::move(response);
}

BeastClient::BeastClient(BeastClientOptions options, Stop* stop)
    : state_(std::make_shared<State>(std::move(options), stop)) {}
BeastClient::~BeastClient() = default;

HttpCounters BeastClient::counters() const {
    return state_->counters;
}

Task<HttpOutcome> BeastClient::send(HttpRequest request) {
    const std::shared_ptr<State> state = state_;
    HttpOutcome refused;
    refused.error = problem_of(request);
    if (!refused.error.empty()) co_return refused;

    Time until = now() + std::min<Milliseconds>(state->options.request_timeout, std::chrono::hours(24));
    const auto left = [&until] {
        return std::max(std::chrono::duration_cast<Milliseconds>(until - now()), Milliseconds(1));
    };
    const bool idempotent = is_idempotent(request.method);
    const Milliseconds grace = looks(request) ? Milliseconds(0) : state->options.grace;
    if (is_asked(state->stop)) until = std::min(until, now() + grace);
    std::unique_ptr<Connection> connection = state->take_idle(idempotent);
    const Stop::Listener heard(state->stop, [&until, &connection, &left, grace] {
        until = std::min(until, now() + grace);
        if (connection) connection->deadline.set(left());
    });
    const bool pooled = connection != nullptr;
    Attempt first;
    if (pooled) {
        connection->deadline.set(left());
        co_await state->attempt(*connection, request, first);
        connection->deadline.clear();
        connection->forget();
        if (first.reusable) state->give_back(std::move(connection));
        const bool safe = idempotent || first.outcome.delivery == Delivery::not_sent;
        if (!first.died_unheard || !safe) co_return std::move(first.outcome);
    }
    std::string problem = co_await state->open(connection, left());
    if (!problem.empty()) {
        // Where the first try may have arrived, not even a refused connection makes the whole "not sent".
        first.outcome.error = state->place() + problem;
        co_return std::move(first.outcome);
    }
    Attempt second;
    connection->deadline.set(left());
    co_await state->attempt(*connection, request, second);
    connection->deadline.clear();
    connection->forget();
    if (second.reusable) state->give_back(std::move(connection));
    if (second.outcome.delivery == Delivery::not_sent) second.outcome.delivery = first.outcome.delivery;
    co_return std::move(second.outcome);
}

Task<HttpOutcome> BeastClient::listen(HttpRequest request, OnPiece on_piece, Milliseconds silence) {
    const std::shared_ptr<State> state = state_;
    Ear ear{std::move(on_piece), silence, {}};
    ear.outcome.error = problem_of(request);
    if (!ear.outcome.error.empty()) co_return ear.outcome;
    std::unique_ptr<Connection> connection; // its own: it ends with the answer
    const std::string problem = co_await state->open(connection, state->options.request_timeout);
    ear.outcome.error = problem.empty() ? "" : state->place() + problem;
    if (!problem.empty()) co_return ear.outcome;
    const Stop::Listener heard(state->stop, [&connection] { connection->deadline.set(Milliseconds(0)); });
    ErrorCode error;
    connection->deadline.set(state->options.request_timeout);
    ++state->counters.requests;
    co_await state->send_all(*connection, request, error);
    connection->forget();
    if (error)
        ear.outcome.error = state->place() + state->describe(*connection, error, false);
    else
        co_await state->follow(*connection, ear);
    connection->deadline.clear();
    co_return ear.outcome;
}

} // namespace kedge
