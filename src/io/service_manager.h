// What a service manager (systemd) is told of us, by its notification socket: ready, reloading, stopping, how we are,
// and that we still live. Without one (NOTIFY_SOCKET is not set) nothing is told. The protocol is sd_notify(3)'s.
#pragma once
#include "base/duration.h"

#include <map>
#include <optional>
#include <string>

namespace kedge {

class ServiceManager final {
public:
    explicit ServiceManager(const std::map<std::string, std::string>& environment);

    // `status`: one line for `systemctl status`.
    void ready(const std::string& status) const { tell("READY=1\nSTATUS=" + status); }
    // Not ready yet, and no reason to lose patience: said again within a minute.
    void waiting(const std::string& status) const { tell("EXTEND_TIMEOUT_USEC=90000000\nSTATUS=" + status); }
    void reloading() const;
    void stopping() const { tell("STOPPING=1\nSTATUS=stopping"); }
    void status(const std::string& status) const { tell("STATUS=" + status); }
    void alive() const { tell("WATCHDOG=1"); }
    // How often alive() is to be said: half of what the manager waits. Nothing: it does not watch us.
    std::optional<Milliseconds> watch() const { return watch_; }

private:
    void tell(const std::string& text) const;
    std::string socket_;
    std::optional<Milliseconds> watch_;
};

} // namespace kedge
