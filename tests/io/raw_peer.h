// One side of a TCP connection spoken by hand, for tests: what a well-behaved client or server would never do.
#pragma once
#include "io/task.h"

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace kedge {

class RawPeer final {
public:
    explicit RawPeer(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}
    static Task<RawPeer> connect(std::uint16_t port);
    Task<bool> write(std::string text); // false: the other side is gone
    // What came until `end` was seen (it is part of the text), or until the other side ended.
    Task<std::string> read_until(std::string end);
    Task<std::string> read_to_end();
    void reset(); // RST instead of FIN
    void close();

private:
    boost::asio::ip::tcp::socket socket_;
};

// Accepts on a free loopback port and gives each connection to `script`, with its number from 0.
class RawServer final {
public:
    using Script = std::function<Task<void>(RawPeer& peer, int number)>;
    RawServer(EventLoop& loop, Script script);
    ~RawServer();
    std::uint16_t port() const;
    int connections() const;

private:
    struct State;
    static Task<void> accept(std::shared_ptr<State> state);
    static Task<void> talk(std::shared_ptr<State> state, RawPeer peer, int number);
    std::shared_ptr<State> state_;
};

// A port of loopback that nobody listens on.
std::uint16_t closed_port(EventLoop& loop);

} // namespace kedge
