#include "main/stand_by.h"

#include "base/failure.h"
#include "io/http_server.h"
#include "io/run.h"
#include "io/waker.h"
#include "io/worker.h"
#include "model/counters.h"
#include "view/metrics.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace kedge {

namespace {

constexpr Milliseconds pause_between_tries{500};

struct Waiting {
    std::string words; // for whoever asks
    bool ready = false;
};

// Whether there is nothing left to wait for.
using Attempt = std::function<Task<bool>()>;

// The same paths as of a daemon at work.
Task<ServerAnswer> answer(HttpRequest request, Waiting waiting) {
    ServerAnswer answer;
    auto& response = answer.response;
    const auto path = request.target.substr(0, request.target.find('?'));
    response.status = path == "/livez" || path == "/readyz" || path == "/metrics" ? 200 : 404;
    if (path == "/readyz" && !waiting.ready) response.status = 503;
    if (path == "/metrics") {
        response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.body = metrics_text(Counters(), {}, KEDGE_VERSION);
    } else {
        response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        response.body = waiting.words + "\n";
    }
    co_return answer;
}

std::unique_ptr<HttpServer> probes(const StandBy& parts, const Waiting& waiting) {
    const auto& health = parts.settings.server.health;
    if (!health) return nullptr;
    HttpServerOptions options;
    options.address = health->address;
    options.port = health->port;
    HttpServer::Handler handler = [waiting](HttpRequest request) { return answer(std::move(request), waiting); };
    auto server = std::make_unique<HttpServer>(parts.loop, std::move(options), std::move(handler));
    parts.log.info("listening", {{"at", "health at " + health->address + ":" + std::to_string(server->port())}});
    return server;
}

Task<void> try_until(const StandBy& parts, const Attempt& attempt, const bool& ended, Waker& waker) {
    while (!ended) {
        const bool done = co_await attempt();
        if (done) co_return;
        co_await parts.clock.nap(pause_between_tries, &waker);
    }
}

// `tell` that it waits, from where on a signal is heard.
void wait_until(const StandBy& parts, const Waiting& waiting, const std::function<void()>& tell,
                const Attempt& attempt) {
    bool ended = false;
    Waker waker;
    boost::asio::signal_set signals(parts.loop, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        ended = true;
        waker.wake();
    });
    tell();
    const auto server = probes(parts, waiting);
    run_to_end(parts.loop, try_until(parts, attempt, ended, waker));
    if (ended) throw WaitEnded();
}

Task<bool> lock_it(const std::string& store, std::optional<StoreLock>& lock) {
    try {
        lock.emplace(store);
    } catch (const StoreBusy&) { // NOLINT(bugprone-empty-catch): asked again
    }
    co_return lock.has_value();
}

bool is_there(const std::function<void()>& open) {
    try {
        open();
    } catch (const Failure& failure) {
        if (!is_away(failure)) throw;
        return false;
    }
    return true;
}

// Where it blocks nobody: a server that does not answer is waited for until its deadline.
Task<bool> open_it(Worker& worker, const std::function<void()>& open) {
    auto work = [&open] { return is_there(open); };
    const bool there = co_await worker.run(std::move(work));
    co_return there;
}

} // namespace

StoreLock wait_for_store(const StandBy& parts) {
    const auto& store = parts.settings.store;
    std::optional<StoreLock> lock;
    const auto tell = [&parts, &store] {
        parts.log.info("standing by", {{"why", "another process holds the store"}, {"store", store}});
    };
    const Waiting waiting{"stands by: another process holds the store", true}; // it has nothing to look at
    wait_until(parts, waiting, tell, [&store, &lock] { return lock_it(store, lock); });
    parts.log.info("the store is free");
    return std::move(*lock);
}

bool is_away(const Failure& failure) {
    return failure.next() == NextAction::retry && dynamic_cast<const StoreBusy*>(&failure) == nullptr;
}

void wait_for_database(const StandBy& parts, const std::string& why, const std::function<void()>& open) {
    Worker worker;
    const auto tell = [&parts, &why] { parts.log.warning("waiting for the database", {{"why", why}}); };
    const Waiting waiting{"waits for the database", false};
    wait_until(parts, waiting, tell, [&worker, &open] { return open_it(worker, open); });
    parts.log.info("the database is there");
}

} // namespace kedge
