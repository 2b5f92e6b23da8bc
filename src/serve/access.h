// Who asks, and whether they may ask at all: a process of our own user at the Unix socket, a bearer token, a person
// whom a trusted reverse proxy names, or (where nobody has a token) a reader on this machine.
#pragma once
#include "io/clock.h"
#include "io/http_server.h"
#include "serve/problem.h"
#include "serve/serve_settings.h"
#include "serve/throttle.h"

#include <string>
#include <variant>
#include <vector>

namespace kedge {

struct Caller {
    std::string name; // for history and log: "token:ci", "user:ann@example.com", "local:1000", "anonymous"
    Role role = Role::viewer;
    std::vector<std::string> units; // globs; empty: all

    bool is_limited() const { return !units.empty(); }
    bool may_see(const std::string& unit) const;
};

class Access final {
public:
    Access(const ServeSettings& settings, Clock& clock);
    std::variant<Caller, Problem> judge(const HttpRequest& request, const HttpPeer& peer);
    // By which name this server was called, where a browser could be made to call it by another (DNS rebinding).
    bool host_is_known(const HttpRequest& request, const HttpPeer& peer) const;
    // Where a request came from, behind trusted proxies: for limits, never for rights.
    std::string client_address(const HttpRequest& request, const HttpPeer& peer) const;

private:
    std::variant<Caller, Problem> by_token(const HttpRequest& request, const std::string& source);
    std::variant<Caller, Problem> by_proxy(const HttpRequest& request) const;

    const ServeSettings& settings_;
    FailureThrottle failures_;
};

} // namespace kedge
