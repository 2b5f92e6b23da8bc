// One connection of the HTTP server: reads requests, asks the handler, writes answers, until either side ends it.
// Leaves accepting, counting and stopping to http_server.cpp.
#pragma once
#include "io/deadline.h"
#include "io/http_server.h"
#include "io/message_parser.h"
#include "io/stream.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kedge {

// What the sessions of one server share; it outlives them.
struct SessionSetting {
    const HttpServerOptions& options;
    const HttpServer::PeerHandler& handler;
    std::uint64_t body_bytes = 0; // that all of them hold now
};

class ServerSession final {
public:
    using Time = std::chrono::steady_clock::time_point;
    ServerSession(std::unique_ptr<Stream> stream, HttpPeer peer, std::shared_ptr<Deadlines> deadlines,
                  SessionSetting& setting);
    ~ServerSession();
    Task<void> run();
    Task<void> turn_away(int status, std::string_view reason); // instead of run(): says why, and ends
    void close();
    // Since when its client has been waited for; nothing: it waits for us.
    std::optional<Time> waiting_since() const { return waiting_since_; }

private:
    Task<bool> greet(Milliseconds within);
    Task<bool> read_request(RequestParser& parser);
    Task<bool> receive(bool& started);
    Task<bool> answer(RequestParser& parser);
    Task<ServerAnswer> ask(HttpRequest request);
    Task<void> send_on(AnswerStream& stream);
    void write_head(const HttpResponse& response, std::optional<std::size_t> body_bytes, bool keep);
    Task<bool> send(std::string_view body);
    Task<void> refuse(int status, std::string_view reason);
    Task<void> say_end();
    Task<void> drain();
    bool count_body(std::size_t bytes);

    std::unique_ptr<Stream> stream_;
    HttpPeer peer_;
    SessionSetting& setting_;
    Deadline deadline_;
    ReadBuffer buffer_;
    std::string head_;
    bool whole_ = true;       // all answers that were begun have been sent to their end
    std::size_t counted_ = 0; // of setting_.body_bytes
    std::optional<Time> waiting_since_;
    AnswerStream* answering_ = nullptr; // the stream that is being sent
};

} // namespace kedge
