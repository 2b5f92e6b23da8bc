// /livez, /readyz and /metrics on a port of their own: no rights are asked for and nothing but numbers and names of
// units is told.
#pragma once
#include "io/http_server.h"
#include "model/counters.h"
#include "reconcile/daemon.h"

#include <string>

namespace kedge {

class Health final {
public:
    Health(Daemon& daemon, Counters& counters, std::string version);
    Task<ServerAnswer> handle(HttpRequest request);

private:
    ServerAnswer ready() const;

    Daemon& daemon_;
    Counters& counters_;
    std::string version_;
};

} // namespace kedge
