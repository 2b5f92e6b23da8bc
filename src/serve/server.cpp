#include "serve/server.h"

#include "io/http_server.h"
#include "serve/api.h"
#include "serve/health.h"
#include "serve/hooks.h"
#include "serve/http_words.h"

#include <optional>
#include <utility>

namespace kedge {

namespace {

constexpr std::uint32_t most_header_bytes = 32 * 1024;
constexpr std::size_t most_headers = 100;
constexpr std::uint64_t most_body_bytes = 1024 * 1024;
constexpr std::uint64_t most_body_bytes_at_once = 32 * 1024 * 1024;
constexpr Milliseconds evict_after{1000};
constexpr std::size_t most_health_connections = 64;
constexpr std::string_view hooks_root = "/hooks/";

} // namespace

// Requests in flight hold it, so it lives until the last has ended.
struct Server::State final : std::enable_shared_from_this<State> {
    State(Parts given, ServeSettings wanted)
        : parts(given), settings(std::move(wanted)),
          api({given.loop, given.clock, given.log, given.daemon, given.counters, given.desk}, settings),
          hooks({given.clock, given.log, given.daemon, given.counters, given.desk}, settings),
          health(given.daemon, given.counters, settings.version) {}

    void listen();
    HttpServerOptions limits() const;
    HttpServer::PeerHandler door();
    Task<ServerAnswer> handle(HttpRequest request, HttpPeer peer);
    void stop();

    Parts parts;
    ServeSettings settings;
    Api api;
    Hooks hooks;
    Health health;
    std::optional<HttpServer> on_tcp;
    std::optional<HttpServer> on_socket;
    std::optional<HttpServer> on_health;
};

HttpServerOptions Server::State::limits() const {
    HttpServerOptions options;
    options.most_header_bytes = most_header_bytes;
    options.most_headers = most_headers;
    options.most_body_bytes = most_body_bytes;
    options.most_body_bytes_at_once = most_body_bytes_at_once;
    options.most_connections = static_cast<std::size_t>(settings.limits.connections);
    options.idle_timeout = settings.limits.timeout;
    options.evict_after = evict_after;
    options.refusal = [](int status, const std::string& reason) {
        auto answer = answer_of({status, status == 503 ? "busy" : "not-http", reason});
        add_security_headers(answer.response, false);
        return answer.response;
    };
    options.complain = [&log = parts.log](const std::string& problem) {
        log.error("certificate not taken, the former one goes on", {{"cause", problem}});
    };
    return options;
}

HttpServer::PeerHandler Server::State::door() {
    return [weak = weak_from_this()](HttpRequest request, HttpPeer peer) -> Task<ServerAnswer> {
        const auto self = weak.lock();
        if (!self) co_return ServerAnswer();
        co_return co_await self->handle(std::move(request), std::move(peer));
    };
}

void Server::State::listen() {
    if (settings.listen) {
        auto options = limits();
        options.address = settings.listen->address;
        options.port = settings.listen->port;
        options.certificate_file = settings.certificate_file;
        options.key_file = settings.key_file;
        on_tcp.emplace(parts.loop, std::move(options), door());
    }
    if (!settings.unix_socket.empty()) {
        auto options = limits();
        options.unix_socket = settings.unix_socket;
        on_socket.emplace(parts.loop, std::move(options), door());
    }
    if (settings.health) {
        auto options = limits();
        options.address = settings.health->address;
        options.port = settings.health->port;
        options.most_connections = most_health_connections;
        on_health.emplace(parts.loop, std::move(options),
                          HttpServer::Handler([weak = weak_from_this()](HttpRequest request) -> Task<ServerAnswer> {
                              const auto self = weak.lock();
                              if (!self) co_return ServerAnswer();
                              co_return co_await self->health.handle(std::move(request));
                          }));
    }
}

Task<ServerAnswer> Server::State::handle(HttpRequest request, HttpPeer peer) {
    const bool tls = peer.tls;
    const std::string_view path = path_of(request.target);
    ServerAnswer answer;
    if (path.starts_with(hooks_root)) {
        const auto from = api.access().client_address(request, peer);
        answer = hooks.handle(request, path.substr(hooks_root.size()), from);
    } else if (path.starts_with(api_root) && path.substr(api_root.size()).starts_with('/')) {
        answer = co_await api.handle(std::move(request), std::move(peer));
    } else {
        answer = answer_of({404, "not-found", "there are /api/v1/... and /hooks/..."});
    }
    add_security_headers(answer.response, tls);
    co_return answer;
}

void Server::State::stop() {
    if (on_tcp) on_tcp->stop();
    if (on_socket) on_socket->stop();
    if (on_health) on_health->stop();
}

std::shared_ptr<const SecretStore> webhook_secrets(const std::vector<WebhookSettings>& webhooks,
                                                   std::map<std::string, std::string> environment) {
    std::vector<std::string> allowed;
    for (const auto& hook : webhooks) allowed.push_back(hook.secret_scheme + ":" + hook.secret_name);
    return std::make_shared<SecretStore>(std::move(allowed), std::move(environment), Secret());
}

Server::Server(Parts parts, ServeSettings settings) : state_(std::make_shared<State>(parts, std::move(settings))) {
    state_->parts.counters.started = parts.clock.now();
    state_->listen();
}

Server::~Server() {
    state_->stop();
}

void Server::stop() {
    state_->stop();
}

std::uint16_t Server::port() const {
    return state_->on_tcp ? state_->on_tcp->port() : std::uint16_t{0};
}

std::uint16_t Server::health_port() const {
    return state_->on_health ? state_->on_health->port() : std::uint16_t{0};
}

} // namespace kedge
