// One connection of the HTTP server: reads requests, asks the handler, writes answers, until either side ends it.
// Leaves accepting, counting and stopping to http_server.cpp.
#pragma once
#include "io/deadline.h"
#include "io/http_server.h"
#include "io/message_parser.h"

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

namespace kedge {

class ServerSession final {
public:
    // `options` and `handler` outlive the session.
    ServerSession(boost::asio::ip::tcp::socket socket, std::shared_ptr<Deadlines> deadlines,
                  const HttpServerOptions& options, const HttpServer::Handler& handler);
    Task<void> run();
    Task<void> refuse(int status, std::string_view reason); // answers and ends the connection
    void close();

private:
    Task<bool> read_request(RequestParser& parser);
    Task<bool> receive(bool& started);
    Task<bool> answer(RequestParser& parser);
    Task<ServerAnswer> ask(HttpRequest request);
    void write_head(const HttpResponse& response, std::size_t body_bytes, bool keep);
    Task<bool> send(std::string_view body);
    Task<void> drain();

    boost::asio::ip::tcp::socket socket_;
    const HttpServerOptions& options_;
    const HttpServer::Handler& handler_;
    Deadline deadline_;
    ReadBuffer buffer_;
    std::string head_;
};

} // namespace kedge
