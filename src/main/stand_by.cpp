#include "main/stand_by.h"

#include "base/failure.h"
#include "io/http_server.h"
#include "io/run.h"
#include "io/waker.h"
#include "model/counters.h"
#include "view/metrics.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>

namespace kedge {

namespace {

constexpr Milliseconds pause_between_tries{500};

// The same paths as of a daemon at work: a standby is alive and ready, it has nothing to look at.
Task<ServerAnswer> answer(HttpRequest request) {
    ServerAnswer answer;
    auto& response = answer.response;
    const auto path = request.target.substr(0, request.target.find('?'));
    response.status = path == "/livez" || path == "/readyz" || path == "/metrics" ? 200 : 404;
    if (path == "/metrics") {
        response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.body = metrics_text(Counters(), {}, KEDGE_VERSION);
    } else {
        response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        response.body = "stands by: another process holds the store\n";
    }
    co_return answer;
}

std::unique_ptr<HttpServer> probes(const StandBy& parts) {
    const auto& health = parts.settings.server.health;
    if (!health) return nullptr;
    HttpServerOptions options;
    options.address = health->address;
    options.port = health->port;
    auto server = std::make_unique<HttpServer>(parts.loop, std::move(options), HttpServer::Handler(answer));
    parts.log.info("listening", {{"at", "health at " + health->address + ":" + std::to_string(server->port())}});
    return server;
}

Task<void> try_until(const StandBy& parts, std::optional<StoreLock>& lock, const bool& ended, Waker& waker) {
    while (!ended) {
        try {
            lock.emplace(parts.settings.store);
            co_return;
        } catch (const StoreBusy&) { // NOLINT(bugprone-empty-catch): asked again
        }
        co_await parts.clock.nap(pause_between_tries, &waker);
    }
}

} // namespace

StoreLock wait_for_store(const StandBy& parts) {
    std::optional<StoreLock> lock;
    bool ended = false;
    Waker waker;
    boost::asio::signal_set signals(parts.loop, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        ended = true;
        waker.wake();
    });
    parts.log.info("standing by", {{"why", "another process holds the store"}, {"store", parts.settings.store}});
    const auto server = probes(parts);
    run_to_end(parts.loop, try_until(parts, lock, ended, waker));
    if (!lock) throw WaitEnded();
    parts.log.info("the store is free");
    return std::move(*lock);
}

} // namespace kedge
