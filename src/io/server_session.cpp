#include "io/server_session.h"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <exception>
#include <utility>

namespace kedge {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

// How long, and how much, a client may still send after it was refused: closing at once would reset the connection
// before the client has read the answer.
constexpr Milliseconds most_drain_time{2000};
constexpr std::size_t most_drain_bytes = 64 * 1024 * 1024;

struct Refusal {
    int status;
    std::string_view reason;
};

Refusal refusal_of(const ErrorCode& error) {
    if (error == http::error::body_limit) return {413, "the body is too large"};
    if (error == http::error::header_limit) return {431, "the header is too large"};
    if (error == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    return {400, "this is not an HTTP/1.1 request"};
}

bool bodyless(int status) {
    return status < 200 || status == 204 || status == 304;
}

} // namespace

ServerSession::ServerSession(asio::ip::tcp::socket socket, std::shared_ptr<Deadlines> deadlines,
                             const HttpServerOptions& options, const HttpServer::Handler& handler)
    : socket_(std::move(socket)), options_(options), handler_(handler), deadline_(std::move(deadlines), [this] {
          // Not closed: a client that sent half a request is still told why it ends.
          ErrorCode ignored;
          socket_.cancel(ignored);
      }) {
    ErrorCode ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
}

void ServerSession::close() {
    ErrorCode ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

Task<void> ServerSession::run() {
    bool going = true;
    while (going) {
        MessageLimits limits;
        limits.body_bytes = options_.most_body_bytes;
        RequestParser parser(limits);
        going = co_await read_request(parser);
        if (going) going = co_await answer(parser);
    }
    close();
}

Task<bool> ServerSession::read_request(RequestParser& parser) {
    bool started = !buffer_.empty();
    deadline_.set(options_.idle_timeout);
    for (;;) {
        const ErrorCode error = feed(parser, buffer_);
        if (error) {
            const Refusal refusal = refusal_of(error);
            co_await refuse(refusal.status, refusal.reason);
            co_return false;
        }
        if (parser.is_done()) co_return true;
        if (parser.expects_continue && parser.is_header_done()) {
            parser.expects_continue = false;
            head_ = "HTTP/1.1 100 Continue\r\n\r\n";
            const std::string_view no_body;
            const bool sent = co_await send(no_body);
            if (!sent) co_return false;
        }
        const bool received = co_await receive(started);
        if (!received) co_return false;
    }
}

// The deadline starts anew with the first byte and with no other: a request must be whole in time, however its bytes
// trickle.
Task<bool> ServerSession::receive(bool& started) {
    ErrorCode error;
    const std::size_t count =
        co_await socket_.async_read_some(buffer_.space(), asio::redirect_error(asio::use_awaitable, error));
    if (error && deadline_.expired() && started) co_await refuse(408, "the request did not arrive in time");
    if (error) co_return false;
    if (!std::exchange(started, true)) deadline_.set(options_.idle_timeout);
    buffer_.commit(count);
    co_return true;
}

Task<ServerAnswer> ServerSession::ask(HttpRequest request) {
    std::exception_ptr failed;
    try {
        co_return co_await handler_(std::move(request));
    } catch (...) {
        failed = std::current_exception();
    }
    // What went wrong inside is not the client's business.
    ServerAnswer answer;
    answer.response.status = 500;
    answer.response.headers.emplace_back("Content-Type", "text/plain");
    answer.response.body = "the handler failed\n";
    co_return answer;
}

Task<bool> ServerSession::answer(RequestParser& parser) {
    const bool keep = parser.keep_alive();
    const bool head_only = parser.request.method == "HEAD";
    deadline_.pause(); // the handler's time is its own
    const ServerAnswer answer = co_await ask(std::move(parser.request));
    if (!socket_.is_open() || answer.connection == ServerAnswer::Connection::close_before_answer) co_return false;

    const HttpResponse& response = answer.response;
    std::string_view body = response.body;
    write_head(response, body.size(), keep);
    if (head_only || bodyless(response.status)) body = {};
    deadline_.set(options_.idle_timeout);
    if (answer.connection == ServerAnswer::Connection::truncate) {
        if (body.empty())
            head_.resize(head_.size() / 2);
        else
            body = body.substr(0, body.size() / 2);
        co_await send(body);
        co_return false;
    }
    const bool sent = co_await send(body);
    co_return sent&& keep;
}

void ServerSession::write_head(const HttpResponse& response, std::size_t body_bytes, bool keep) {
    head_ = "HTTP/1.1 ";
    head_ += std::to_string(response.status);
    head_ += ' ';
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
    head_.append(reason.data(), reason.size());
    head_ += "\r\n";
    for (const auto& [name, value] : response.headers) {
        const bool framing = same_name(name, "content-length") || same_name(name, "transfer-encoding");
        if (!framing && header_is_clean(name, value)) append_header(head_, name, value);
    }
    if (!bodyless(response.status)) append_number_header(head_, "Content-Length", body_bytes);
    if (!keep) head_ += "Connection: close\r\n";
    head_ += "\r\n";
}

// Head and body go out in one call where the socket takes them; only what it does not take is waited for.
Task<bool> ServerSession::send(std::string_view body) {
    std::string_view head = head_;
    for (;;) {
        const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
        ErrorCode error;
        const std::size_t count = socket_.write_some(parts, error);
        if (error && error != asio::error::would_block) co_return false;
        const std::size_t of_head = std::min(count, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(count - of_head);
        if (head.empty() && body.empty()) co_return true;
        if (!error) continue;
        error = {};
        co_await socket_.async_wait(asio::ip::tcp::socket::wait_write,
                                    asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return false;
    }
}

Task<void> ServerSession::refuse(int status, std::string_view reason) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "text/plain");
    response.body = std::string(reason) + "\n";
    write_head(response, response.body.size(), false);
    deadline_.set(std::min(options_.idle_timeout, most_drain_time));
    const bool sent = co_await send(response.body);
    if (sent) co_await drain();
}

Task<void> ServerSession::drain() {
    ErrorCode error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    std::size_t drained = 0;
    while (!error && drained < most_drain_bytes) {
        buffer_.consume(buffer_.data().size());
        const std::size_t count =
            co_await socket_.async_read_some(buffer_.space(), asio::redirect_error(asio::use_awaitable, error));
        drained += count;
    }
}

} // namespace kedge
