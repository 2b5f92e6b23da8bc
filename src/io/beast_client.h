// The real HTTP client: one origin (or a Unix socket), a keep-alive pool, TLS with verification, an HTTP proxy where
// the settings or the environment name one. Leaves pacing and retries to PatientClient.
#pragma once
#include "base/duration.h"
#include "base/secret.h"
#include "io/http_client.h"
#include "io/stop.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// A header that carries a credential with every request that has no header of that name: Authorization: Bearer VALUE.
struct CredentialLine {
    std::string header;
    std::string prefix; // "Bearer "; may be empty
    Secret value;       // empty: not sent
};

struct BeastClientOptions {
    std::string base_url;    // http://host:port/path or https://...; no query, no credentials
    std::string unix_socket; // path; not empty: connections go there, and base_url only names what is asked for
    std::vector<CredentialLine> credentials;
    std::string ca_file; // PEM; empty: the system's
    std::string proxy;   // http://host:port; empty: none (see proxy_for)
    Milliseconds connect_timeout{10000};
    Milliseconds request_timeout{60000};
    std::size_t most_idle = 32;                       // kept-alive connections
    std::uint64_t most_body_bytes = 64 * 1024 * 1024; // of an answer
    std::string user_agent = "kedge";
    Milliseconds grace{10000}; // for a write in flight, once a stop is asked for
    // Asked right before the first byte of a write, with no wait in between: why it is not sent; empty: it is. Null:
    // never asked.
    std::function<std::string()> forbids_write;
};

struct HttpCounters {
    std::uint64_t requests = 0;
    std::uint64_t connections = 0;
};

// A request on a pooled connection that died before the first byte of the answer is sent once more on a new connection
// when the method is idempotent (GET, PUT, DELETE, HEAD).
// Belongs to one event loop, which must outlive it (kept connections are bound to it).
class BeastClient final : public HttpClient {
public:
    // Throws Failure(stop) where base_url, ca_file or proxy make no sense.
    // `stop`: once it is asked for, what only looks is given up and a write in flight ends within `grace`.
    explicit BeastClient(BeastClientOptions options, Stop* stop = nullptr);
    ~BeastClient() override;
    Task<HttpOutcome> send(HttpRequest request) override;
    // An answer that goes on (2xx): its body is given to `on_piece` as it comes, until that gives false or the other
    // side ends it: then the outcome is `answered`, without a body. `unknown` where nothing came for `silence`. Any
    // other answer comes whole, as from send().
    using OnPiece = std::function<bool(std::string_view)>;
    Task<HttpOutcome> listen(HttpRequest request, OnPiece on_piece, Milliseconds silence);
    HttpCounters counters() const;

private:
    struct State;
    std::shared_ptr<State> state_; // requests in flight hold it as well
};

// HTTPS_PROXY / HTTP_PROXY / NO_PROXY (either case; names, suffixes, addresses, networks, ports, `*`) for one URL;
// empty: no proxy. Loopback never has one.
std::string proxy_for(const std::string& url, const std::map<std::string, std::string>& environment);

} // namespace kedge
