// A small HTTP/1.1 server (plain, loopback use; TLS is a reverse proxy's work): keep-alive, limits on header and body
// size, a deadline for slow clients, bounded connections. The handler is a coroutine from request to answer.
#pragma once
#include "base/duration.h"
#include "base/http_message.h"
#include "io/task.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace kedge {

struct HttpServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // 0: a free one
    std::uint64_t most_body_bytes = 16 * 1024 * 1024;
    std::size_t most_connections = 1024;
    Milliseconds idle_timeout{60000};
};

// What a handler gives back. `connection` lets fault injection misbehave on purpose.
struct ServerAnswer {
    HttpResponse response;
    enum class Connection { keep, close_before_answer, truncate } connection = Connection::keep;
};

class HttpServer final {
public:
    using Handler = std::function<Task<ServerAnswer>(HttpRequest)>;
    // Listens at once; throws Failure(stop) where the address cannot be had.
    HttpServer(EventLoop& loop, HttpServerOptions options, Handler handler);
    ~HttpServer();
    std::uint16_t port() const;
    void stop(); // closes the listener and every connection

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace kedge
