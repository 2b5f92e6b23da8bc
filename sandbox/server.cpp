#include "sandbox/server.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace kedge::sandbox {

namespace {

constexpr std::chrono::hours silence{1}; // clients give up earlier; stop() ends it too

Task<void> wait(std::chrono::milliseconds duration) {
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, duration);
    boost::system::error_code ended;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ended);
    co_await timer.async_wait(token);
}

// Everything is done before the first wait: a stopped server may be gone by the time a slow answer ends.
Task<ServerAnswer> deliver(Exchange exchange) {
    if (exchange.line == Exchange::Line::silent) co_await wait(silence);
    if (exchange.delay.count() > 0) co_await wait(exchange.delay);
    ServerAnswer answer;
    answer.response = std::move(exchange.response);
    if (exchange.line == Exchange::Line::truncate) {
        answer.connection = ServerAnswer::Connection::truncate;
    } else if (exchange.line != Exchange::Line::answer) {
        answer.connection = ServerAnswer::Connection::close_before_answer;
    }
    co_return answer;
}

} // namespace

struct SandboxServer::State {
    explicit State(ControlPlane& plane) : admin(plane) {}

    Admin admin;
    std::function<void(bool)> watcher;
    std::unique_ptr<HttpServer> api_server;
    std::unique_ptr<HttpServer> admin_server;
};

SandboxServer::SandboxServer(EventLoop& loop, ControlPlane& plane, SandboxPorts ports)
    : state_(std::make_unique<State>(plane)) {
    HttpServerOptions options;
    options.port = ports.api;
    auto api = [&plane, state = state_.get()](HttpRequest request) {
        if (state->watcher) state->watcher(false);
        auto exchange = plane.serve(request);
        if (state->watcher) state->watcher(true);
        return deliver(std::move(exchange));
    };
    state_->api_server = std::make_unique<HttpServer>(loop, options, api);
    options.port = ports.admin;
    Admin& desk = state_->admin;
    auto admin = [&desk](HttpRequest request) {
        Exchange exchange;
        exchange.response = desk.handle(request);
        return deliver(std::move(exchange));
    };
    state_->admin_server = std::make_unique<HttpServer>(loop, options, admin);
}

SandboxServer::~SandboxServer() {
    stop();
}

std::uint16_t SandboxServer::api_port() const {
    return state_->api_server->port();
}
std::uint16_t SandboxServer::admin_port() const {
    return state_->admin_server->port();
}

void SandboxServer::watch(std::function<void(bool)> watcher) {
    state_->watcher = std::move(watcher);
}

void SandboxServer::stop() {
    state_->api_server->stop();
    state_->admin_server->stop();
}

} // namespace kedge::sandbox
