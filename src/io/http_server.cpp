#include "io/http_server.h"

#include "base/failure.h"
#include "io/deadline.h"
#include "io/server_session.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <list>
#include <utility>
#include <vector>

namespace kedge {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Without descriptors or memory, accept fails at once and would spin.
constexpr Milliseconds pause_after_failed_accept{100};
// Refused connections wait for their client to read the 503; so many may wait beside the served ones.
constexpr std::size_t most_refused = 64;

} // namespace

// Sessions hold a reference to it, so it lives until the last has ended, however early the server itself goes.
struct HttpServer::State final : std::enable_shared_from_this<State> {
    struct Live {
        ServerSession* session = nullptr;
        asio::cancellation_signal cancel;
    };

    State(EventLoop& event_loop, HttpServerOptions wanted, Handler answer)
        : loop(event_loop), options(std::move(wanted)), handler(std::move(answer)), acceptor(event_loop),
          deadlines(std::make_shared<Deadlines>(event_loop.get_executor())) {}

    void listen();
    Task<void> accept_all(std::shared_ptr<State> self);
    void start(tcp::socket socket);
    Task<void> serve(std::shared_ptr<State> self, std::shared_ptr<Live> live, tcp::socket socket);
    void stop();

    EventLoop& loop;
    HttpServerOptions options;
    Handler handler;
    tcp::acceptor acceptor;
    std::shared_ptr<Deadlines> deadlines;
    asio::cancellation_signal cancel_accept;
    std::list<std::shared_ptr<Live>> sessions;
    std::uint16_t port = 0;
    bool stopped = false;
};

void HttpServer::State::listen() {
    const std::string place = options.address + ":" + std::to_string(options.port);
    const auto check = [&place](const ErrorCode& error, const char* hint) {
        if (!error) return;
        throw Failure(NextAction::stop, "http server: listen on \"" + place + "\": " + error.message() + "; " + hint);
    };
    ErrorCode error;
    const auto address = asio::ip::make_address(options.address, error);
    check(error, "give an IP address");
    const tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    check(error, "is this address family there?");
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    check(error, "the socket cannot be set up");
    acceptor.bind(endpoint, error);
    check(error, "is another process there already?");
    acceptor.listen(tcp::acceptor::max_listen_connections, error);
    check(error, "is another process there already?");
    port = acceptor.local_endpoint().port();
}

Task<void> HttpServer::State::accept_all(std::shared_ptr<State> self) {
    asio::steady_timer pause(loop);
    while (!self->stopped) {
        ErrorCode error;
        tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (stopped || error == asio::error::operation_aborted) co_return;
        if (!error) {
            start(std::move(socket));
            continue;
        }
        pause.expires_after(pause_after_failed_accept);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void HttpServer::State::start(tcp::socket socket) {
    if (sessions.size() >= options.most_connections + most_refused) return; // closes it
    auto live = std::make_shared<Live>();
    // The handler keeps the signal alive; what a session throws (no memory) ends that session only.
    auto done = asio::bind_cancellation_slot(live->cancel.slot(), [live](const std::exception_ptr&) {});
    auto session = serve(shared_from_this(), live, std::move(socket));
    asio::co_spawn(loop, std::move(session), std::move(done));
}

Task<void> HttpServer::State::serve(std::shared_ptr<State> self, std::shared_ptr<Live> live, tcp::socket socket) {
    if (self->stopped) co_return;
    const bool full = sessions.size() >= options.most_connections;
    const auto place = sessions.insert(sessions.end(), live);
    const auto leave = [this, place, live](void*) {
        live->session = nullptr;
        sessions.erase(place);
    };
    const std::unique_ptr<State, decltype(leave)> guard(this, leave);
    ServerSession session(std::move(socket), deadlines, options, handler);
    live->session = &session;
    if (full)
        co_await session.refuse(503, "too many connections");
    else
        co_await session.run();
}

void HttpServer::State::stop() {
    if (std::exchange(stopped, true)) return;
    ErrorCode ignored;
    acceptor.close(ignored);
    cancel_accept.emit(asio::cancellation_type::terminal);
    deadlines->stop();
    const std::vector<std::shared_ptr<Live>> all(sessions.begin(), sessions.end());
    for (const auto& live : all) {
        if (live->session != nullptr) live->session->close();
        live->cancel.emit(asio::cancellation_type::terminal); // ends a handler that waits
    }
}

HttpServer::HttpServer(EventLoop& loop, HttpServerOptions options, Handler handler)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(handler))) {
    state_->listen();
    auto accepting = state_->accept_all(state_);
    auto state = state_;
    auto done = asio::bind_cancellation_slot(state_->cancel_accept.slot(), [state](const std::exception_ptr&) {});
    asio::co_spawn(loop, std::move(accepting), std::move(done));
}

HttpServer::~HttpServer() {
    state_->stop();
}

std::uint16_t HttpServer::port() const {
    return state_->port;
}

void HttpServer::stop() {
    state_->stop();
}

} // namespace kedge
