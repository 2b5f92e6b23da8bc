#include "io/http_server.h"

#include "io/deadline.h"
#include "io/listen.h"
#include "io/server_certificate.h"
#include "io/server_session.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace kedge {

namespace asio = boost::asio;

namespace {

// Without descriptors or memory, accept fails at once and would spin.
constexpr Milliseconds pause_after_failed_accept{100};
// Refused connections wait for their client to read the 503; so many may wait beside the served ones.
constexpr std::size_t most_refused = 64;
// Over TLS each of them costs a handshake first: more than so many in one second end without a word.
constexpr int most_refused_handshakes = 32;

} // namespace

// Sessions hold a reference to it, so it lives until the last has ended, however early the server itself goes.
struct HttpServer::State final : std::enable_shared_from_this<State> {
    struct Live {
        ServerSession* session = nullptr;
        asio::cancellation_signal cancel;
    };

    State(EventLoop& event_loop, HttpServerOptions wanted, PeerHandler answer)
        : loop(event_loop), options(std::move(wanted)), handler(std::move(answer)), setting{options, handler},
          listening(event_loop, options), deadlines(std::make_shared<Deadlines>(event_loop.get_executor())) {
        if (!options.certificate_file.empty()) {
            certificate.emplace(options.certificate_file, options.key_file, options.complain);
        }
    }

    Task<void> accept_all(std::shared_ptr<State> self);
    void start(Stream::Socket socket);
    std::unique_ptr<Stream> stream_on(Stream::Socket socket);
    bool make_place();
    bool may_turn_away();
    Task<void> serve(std::shared_ptr<Live> live, Stream::Socket socket, bool place_was_made);
    void stop();

    EventLoop& loop;
    HttpServerOptions options;
    PeerHandler handler;
    SessionSetting setting;
    std::optional<ServerCertificate> certificate;
    Listening listening;
    std::shared_ptr<Deadlines> deadlines;
    std::list<std::shared_ptr<Live>> sessions;
    ServerSession::Time counts_since;
    int turned_away = 0; // since then
    bool stopped = false;
};

Task<void> HttpServer::State::accept_all(std::shared_ptr<State> self) {
    asio::steady_timer pause(loop);
    while (!self->stopped) {
        ErrorCode error;
        Stream::Socket socket =
            co_await listening.acceptor().async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (stopped || error == asio::error::operation_aborted) co_return;
        if (!error) {
            start(std::move(socket));
            continue;
        }
        pause.expires_after(pause_after_failed_accept);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void HttpServer::State::start(Stream::Socket socket) {
    const bool made_place = sessions.size() >= options.most_connections && make_place();
    if (sessions.size() >= options.most_connections + most_refused) return; // closes it
    auto live = std::make_shared<Live>();
    // The handler keeps the signal alive; what a session throws (no memory) ends that session only.
    auto done = asio::bind_cancellation_slot(live->cancel.slot(), [live](const std::exception_ptr&) {});
    auto session = serve(live, std::move(socket), made_place);
    asio::co_spawn(loop, std::move(session), std::move(done));
}

std::unique_ptr<Stream> HttpServer::State::stream_on(Stream::Socket socket) {
    if (!certificate) return make_plain_stream(std::move(socket));
    const auto context = certificate->context();
    return make_tls_stream(std::move(socket), *context); // OpenSSL counts who uses it
}

// Clients that are slow, or silent between two requests, keep out nobody who has something to say.
bool HttpServer::State::make_place() {
    if (options.evict_after.count() == 0) return false;
    const auto latest = std::chrono::steady_clock::now() - options.evict_after;
    Live* longest = nullptr;
    ServerSession::Time since = latest;
    for (const auto& live : sessions) {
        if (live->session == nullptr) continue;
        const auto waiting = live->session->waiting_since();
        if (!waiting || *waiting > since) continue;
        longest = live.get();
        since = *waiting;
    }
    if (longest == nullptr) return false;
    longest->session->close();
    return true;
}

bool HttpServer::State::may_turn_away() {
    if (!certificate) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now - counts_since >= std::chrono::seconds(1)) {
        counts_since = now;
        turned_away = 0;
    }
    return ++turned_away <= most_refused_handshakes;
}

Task<void> HttpServer::State::serve(std::shared_ptr<Live> live, Stream::Socket socket, bool place_was_made) {
    const auto self = shared_from_this();
    if (self->stopped) co_return;
    const bool full = !place_was_made && sessions.size() >= options.most_connections;
    if (full && !may_turn_away()) co_return;
    const auto place = sessions.insert(sessions.end(), live);
    const auto leave = [this, place, live](void*) {
        live->session = nullptr;
        sessions.erase(place);
    };
    const std::unique_ptr<State, decltype(leave)> guard(this, leave);
    HttpPeer peer = peer_of(socket);
    peer.tls = certificate.has_value();
    ServerSession session(stream_on(std::move(socket)), std::move(peer), deadlines, setting);
    live->session = &session;
    if (full)
        co_await session.turn_away(503, "too many connections");
    else
        co_await session.run();
}

void HttpServer::State::stop() {
    if (std::exchange(stopped, true)) return;
    listening.close(); // whoever accepts ends by that
    deadlines->stop();
    for (const auto& live : sessions) {
        if (live->session != nullptr) live->session->close();
    }
    // Handlers that wait are ended on the loop: outside of it, emitting would only ask it to look at signals that may
    // be gone by then.
    asio::post(loop, [self = shared_from_this()] {
        const std::vector<std::shared_ptr<Live>> all(self->sessions.begin(), self->sessions.end());
        for (const auto& live : all) live->cancel.emit(asio::cancellation_type::terminal);
    });
}

HttpServer::HttpServer(EventLoop& loop, HttpServerOptions options, PeerHandler handler)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(handler))) {
    auto accepting = state_->accept_all(state_);
    asio::co_spawn(loop, std::move(accepting), [state = state_](const std::exception_ptr&) {});
}

HttpServer::HttpServer(EventLoop& loop, HttpServerOptions options, Handler handler)
    : HttpServer(loop, std::move(options), PeerHandler([handler = std::move(handler)](HttpRequest request, HttpPeer) {
                     return handler(std::move(request));
                 })) {}

HttpServer::~HttpServer() {
    state_->stop();
}

std::uint16_t HttpServer::port() const {
    return state_->listening.port();
}

std::size_t HttpServer::connections() const {
    return state_->sessions.size();
}

void HttpServer::stop() {
    state_->stop();
}

} // namespace kedge
