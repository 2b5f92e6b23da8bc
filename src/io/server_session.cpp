#include "io/server_session.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
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
// For the last words of an encrypted connection to be taken.
constexpr Milliseconds most_end_time{1000};
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

ServerSession::ServerSession(std::unique_ptr<Stream> stream, HttpPeer peer, std::shared_ptr<Deadlines> deadlines,
                             SessionSetting& setting)
    : stream_(std::move(stream)), peer_(std::move(peer)), setting_(setting), deadline_(std::move(deadlines), [this] {
          // Not closed: a client that sent half a request is still told why it ends.
          ErrorCode ignored;
          stream_->socket().cancel(ignored);
      }) {
    ErrorCode ignored;
    stream_->socket().set_option(asio::ip::tcp::no_delay(true), ignored); // a Unix socket has no such thing
}

ServerSession::~ServerSession() {
    count_body(0);
}

void ServerSession::close() {
    waiting_since_.reset();
    // Whoever feeds it is told at once: after a stop nothing of it may be in use any more.
    if (answering_ != nullptr) answering_->leave();
    ErrorCode ignored;
    stream_->socket().shutdown(asio::socket_base::shutdown_both, ignored);
    stream_->socket().close(ignored);
}

Task<bool> ServerSession::greet(Milliseconds within) {
    deadline_.set(within);
    waiting_since_ = std::chrono::steady_clock::now();
    std::string problem;
    co_await stream_->handshake(Stream::Handshake::begin, problem);
    co_return problem.empty();
}

Task<void> ServerSession::run() {
    const bool greeted = co_await greet(setting_.options.idle_timeout);
    bool going = greeted;
    while (going) {
        MessageLimits limits;
        limits.header_bytes = setting_.options.most_header_bytes;
        limits.headers = setting_.options.most_headers;
        limits.body_bytes = setting_.options.most_body_bytes;
        RequestParser parser(limits);
        going = co_await read_request(parser);
        if (going) going = co_await answer(parser);
        count_body(0);
    }
    if (greeted) co_await say_end();
    close();
}

// Encrypted or not, and however short: a client of a server that is full learns that it may come again.
Task<void> ServerSession::turn_away(int status, std::string_view reason) {
    const bool greeted = co_await greet(std::min(setting_.options.idle_timeout, most_drain_time));
    if (greeted) co_await refuse(status, reason);
    close();
}

// False: all sessions together would hold too much.
bool ServerSession::count_body(std::size_t bytes) {
    setting_.body_bytes = setting_.body_bytes - counted_ + bytes;
    counted_ = bytes;
    const auto most = setting_.options.most_body_bytes_at_once;
    return most == 0 || setting_.body_bytes <= most;
}

Task<bool> ServerSession::read_request(RequestParser& parser) {
    bool started = !buffer_.empty();
    deadline_.set(setting_.options.idle_timeout);
    waiting_since_ = std::chrono::steady_clock::now();
    for (;;) {
        const ErrorCode error = feed(parser, buffer_);
        Refusal refusal{};
        if (error)
            refusal = refusal_of(error);
        else if (!count_body(parser.request.body.size()))
            refusal = {503, "too much is being sent at once"};
        if (refusal.status != 0) {
            parser.request.body = {};
            count_body(0);
            co_await refuse(refusal.status, refusal.reason);
            co_return false;
        }
        if (parser.is_done()) break;
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
    waiting_since_.reset();
    co_return true;
}

// The deadline starts anew with the first byte and with no other: a request must be whole in time, however its bytes
// trickle.
Task<bool> ServerSession::receive(bool& started) {
    ErrorCode error;
    const auto space = buffer_.space();
    const std::size_t count = co_await stream_->read(space, error);
    if (error && deadline_.expired() && started) co_await refuse(408, "the request did not arrive in time");
    if (error) co_return false;
    if (!std::exchange(started, true)) deadline_.set(setting_.options.idle_timeout);
    buffer_.commit(count);
    co_return true;
}

Task<ServerAnswer> ServerSession::ask(HttpRequest request) {
    std::exception_ptr failed;
    try {
        HttpPeer peer = peer_;
        co_return co_await setting_.handler(std::move(request), std::move(peer));
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
    const std::shared_ptr<AnswerStream> stream = answer.stream;
    answering_ = stream.get();
    const auto leave = [this](AnswerStream* left) {
        answering_ = nullptr;
        left->leave();
    };
    const std::unique_ptr<AnswerStream, decltype(leave)> guard(stream.get(), leave);
    whole_ = answer.connection == ServerAnswer::Connection::keep;
    if (!stream_->socket().is_open() || answer.connection == ServerAnswer::Connection::close_before_answer)
        co_return false;

    const HttpResponse& response = answer.response;
    std::string_view body = response.body;
    deadline_.set(setting_.options.idle_timeout);
    if (stream && !head_only) {
        write_head(response, std::nullopt, false);
        const bool begun = co_await send(body);
        if (begun) co_await send_on(*stream);
        co_return false;
    }
    write_head(response, body.size(), keep);
    if (head_only || bodyless(response.status)) body = {};
    if (answer.connection == ServerAnswer::Connection::truncate) {
        if (body.empty())
            head_.resize(head_.size() / 2);
        else
            body = body.substr(0, body.size() / 2);
        co_await send(body);
        whole_ = false;
        co_return false;
    }
    const bool sent = co_await send(body);
    co_return sent&& keep;
}

// The length is not known: the end of the connection is the end of the body.
Task<void> ServerSession::send_on(AnswerStream& stream) {
    for (;;) {
        deadline_.pause();
        const std::string piece = co_await stream.next();
        whole_ = whole_ && !stream.overflowed();
        if (piece.empty() || !stream_->socket().is_open() || !stream_->is_quiet()) co_return;
        deadline_.set(setting_.options.idle_timeout);
        head_.clear();
        const bool sent = co_await send(piece);
        if (!sent) co_return;
    }
}

void ServerSession::write_head(const HttpResponse& response, std::optional<std::size_t> body_bytes, bool keep) {
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
    if (body_bytes && !bodyless(response.status)) append_number_header(head_, "Content-Length", *body_bytes);
    if (!keep) head_ += "Connection: close\r\n";
    head_ += "\r\n";
}

// Head and body go out in one call where the socket takes them; only what it does not take is waited for.
Task<bool> ServerSession::send(std::string_view body) {
    std::string_view head = head_;
    whole_ = false;
    while (!head.empty() || !body.empty()) {
        const Stream::Parts parts{asio::buffer(head), asio::buffer(body)};
        ErrorCode error;
        std::size_t count = stream_->write_now(parts, error);
        if (!error && count == 0) count = co_await stream_->write(parts, error);
        if (error) co_return false;
        const std::size_t of_head = std::min(count, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(count - of_head);
    }
    whole_ = true;
    co_return true;
}

Task<void> ServerSession::refuse(int status, std::string_view reason) {
    HttpResponse response;
    if (setting_.options.refusal) {
        response = setting_.options.refusal(status, std::string(reason));
    } else {
        response.headers.emplace_back("Content-Type", "text/plain");
        response.body = std::string(reason) + "\n";
    }
    response.status = status;
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    write_head(response, response.body.size(), false);
    deadline_.set(std::min(setting_.options.idle_timeout, most_drain_time));
    waiting_since_ = std::chrono::steady_clock::now();
    const bool sent = co_await send(response.body);
    if (sent) co_await drain();
}

// Whoever reads an encrypted answer without a length must be able to tell its end from a connection that was cut.
Task<void> ServerSession::say_end() {
    if (!std::exchange(whole_, false) || !stream_->socket().is_open()) co_return;
    deadline_.set(std::min(setting_.options.idle_timeout, most_end_time));
    waiting_since_ = std::chrono::steady_clock::now();
    std::string ignored;
    co_await stream_->handshake(Stream::Handshake::end, ignored);
}

// What still comes is thrown away as it is, never decrypted.
Task<void> ServerSession::drain() {
    co_await say_end();
    deadline_.set(std::min(setting_.options.idle_timeout, most_drain_time));
    ErrorCode error;
    Stream::Socket& socket = stream_->socket();
    socket.shutdown(asio::socket_base::shutdown_send, error);
    std::size_t drained = 0;
    while (!error && drained < most_drain_bytes) {
        buffer_.consume(buffer_.data().size());
        const auto space = buffer_.space();
        drained += co_await socket.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    }
}

} // namespace kedge
