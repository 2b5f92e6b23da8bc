// A client that speaks HTTP by hand, over TCP or a Unix socket.
#pragma once
#include "io/task.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

namespace kedge {

class Client final {
public:
    using Protocol = boost::asio::generic::stream_protocol;

    Client(EventLoop& loop, const Protocol::endpoint& there) : socket_(loop) { socket_.connect(there); }
    static Client on_tcp(EventLoop& loop, std::uint16_t port) {
        using boost::asio::ip::tcp;
        return {loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)};
    }
    static Client on_socket(EventLoop& loop, const std::string& path) {
        return {loop, boost::asio::local::stream_protocol::endpoint(path)};
    }

    Task<void> write(std::string text) {
        boost::system::error_code gone; // it may have been refused already
        const auto bytes = boost::asio::buffer(text);
        co_await boost::asio::async_write(socket_, bytes,
                                          boost::asio::redirect_error(boost::asio::use_awaitable, gone));
    }
    // What came until `end` was seen, or until the other side ended.
    Task<std::string> read_until(std::string end) {
        std::string text;
        while (text.find(end) == std::string::npos) {
            char bytes[4096];
            boost::system::error_code error;
            const auto space = boost::asio::buffer(bytes);
            const std::size_t count =
                co_await socket_.async_read_some(space, boost::asio::redirect_error(boost::asio::use_awaitable, error));
            if (error) break;
            text.append(bytes, count);
        }
        co_return text;
    }
    Task<std::string> read_to_end() {
        std::string never("\0never\0", 7);
        return read_until(std::move(never));
    }
    void close() { socket_.close(); }

private:
    Protocol::socket socket_;
};

} // namespace kedge
