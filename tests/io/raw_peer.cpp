#include "tests/io/raw_peer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kedge {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::endpoint loopback(std::uint16_t port) {
    return {asio::ip::address_v4::loopback(), port};
}

} // namespace

Task<RawPeer> RawPeer::connect(std::uint16_t port) {
    auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    const tcp::endpoint there = loopback(port);
    co_await socket.async_connect(there, asio::use_awaitable);
    RawPeer peer(std::move(socket));
    co_return peer;
}

Task<bool> RawPeer::write(std::string text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        boost::system::error_code error;
        const std::size_t count =
            co_await socket_.async_write_some(asio::buffer(rest), asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return false;
        rest.remove_prefix(count);
    }
    co_return true;
}

Task<std::string> RawPeer::read_until(std::string end) {
    std::string text;
    while (text.find(end) == std::string::npos) {
        char bytes[4096];
        boost::system::error_code error;
        const std::size_t count =
            co_await socket_.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
        if (error) break;
        text.append(bytes, count);
    }
    co_return text;
}

Task<std::string> RawPeer::read_to_end() {
    std::string never("\0\0never\0\0", 9);
    return read_until(std::move(never));
}

void RawPeer::reset() {
    socket_.set_option(tcp::socket::linger(true, 0));
    socket_.close();
}

void RawPeer::close() {
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

struct RawServer::State {
    State(EventLoop& loop, Script what) : acceptor(loop, loopback(0)), script(std::move(what)) {}
    tcp::acceptor acceptor;
    Script script;
    int connections = 0;
};

Task<void> RawServer::talk(std::shared_ptr<State> state, RawPeer peer, int number) {
    co_await state->script(peer, number);
}

Task<void> RawServer::accept(std::shared_ptr<State> state) {
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
        boost::system::error_code error;
        tcp::socket socket = co_await state->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        auto task = talk(state, RawPeer(std::move(socket)), state->connections++);
        asio::co_spawn(executor, std::move(task), asio::detached);
    }
}

RawServer::RawServer(EventLoop& loop, Script script) : state_(std::make_shared<State>(loop, std::move(script))) {
    asio::co_spawn(loop, accept(state_), asio::detached);
}

RawServer::~RawServer() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
}

std::uint16_t RawServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

int RawServer::connections() const {
    return state_->connections;
}

std::uint16_t closed_port(EventLoop& loop) {
    tcp::acceptor acceptor(loop, loopback(0));
    return acceptor.local_endpoint().port();
}

} // namespace kedge
