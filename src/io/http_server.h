// A small HTTP/1.1 server on TCP (plain or TLS) or a Unix socket: keep-alive, limits on head, body and connections, a
// deadline for slow clients. The handler is a coroutine from request to answer; an answer may go on as a stream.
#pragma once
#include "base/duration.h"
#include "base/http_message.h"
#include "io/answer_stream.h"
#include "io/task.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace kedge {

struct HttpServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;       // 0: a free one
    std::string unix_socket;      // a path: instead of address and port; for its owner only
    std::string certificate_file; // PEM: the server speaks TLS; read anew when it changes
    std::string key_file;
    std::uint32_t most_header_bytes = 64 * 1024;
    std::size_t most_headers = 200;
    std::uint64_t most_body_bytes = 16 * 1024 * 1024;
    std::uint64_t most_body_bytes_at_once = 0; // of all connections together; 0: any number
    std::size_t most_connections = 1024;
    Milliseconds idle_timeout{60000}; // for the whole of a request, for an answer to be taken, and between requests
    // Where all connections are taken, the one that has been waited for longest, and at least so long, makes place for
    // a new one. 0: the new one is refused.
    Milliseconds evict_after{0};
    // What is answered where no handler is asked: 400, 408, 413, 431, 503, 505. Absent: the reason as plain text.
    std::function<HttpResponse(int status, const std::string& reason)> refusal;
    std::function<void(const std::string& problem)> complain; // of what nobody asked for: a certificate that is wrong
};

// Who is at the other end.
struct HttpPeer {
    std::string address; // IP address without port; empty: a Unix socket
    bool tls = false;
    unsigned uid = 0; // of a process at a Unix socket, as the kernel knows it
};

// What a handler gives back. `connection` lets fault injection misbehave on purpose.
struct ServerAnswer {
    HttpResponse response;
    enum class Connection { keep, close_before_answer, truncate } connection = Connection::keep;
    std::shared_ptr<AnswerStream> stream; // the body that follows; the connection ends with it
};

class HttpServer final {
public:
    using Handler = std::function<Task<ServerAnswer>(HttpRequest)>;
    using PeerHandler = std::function<Task<ServerAnswer>(HttpRequest, HttpPeer)>;
    // Listens at once; throws Failure(stop) where the address cannot be had or the certificate cannot be used.
    HttpServer(EventLoop& loop, HttpServerOptions options, PeerHandler handler);
    HttpServer(EventLoop& loop, HttpServerOptions options, Handler handler);
    ~HttpServer();
    std::uint16_t port() const; // 0: a Unix socket
    std::size_t connections() const;
    void stop(); // closes the listener and every connection

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace kedge
