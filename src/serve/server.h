// The doors of a running kedge that speak HTTP: the API and webhooks on TCP and a Unix socket, health on its own port.
#pragma once
#include "io/clock.h"
#include "io/log.h"
#include "model/counters.h"
#include "reconcile/daemon.h"
#include "reconcile/preview_desk.h"
#include "serve/serve_settings.h"

#include <cstdint>
#include <memory>

namespace kedge {

// Reads exactly the secrets that these webhooks name.
std::shared_ptr<const SecretStore> webhook_secrets(const std::vector<WebhookSettings>& webhooks,
                                                   std::map<std::string, std::string> environment);

class Server final {
public:
    struct Parts {
        EventLoop& loop;
        Clock& clock;
        Log& log;
        Daemon& daemon;
        Counters& counters;
        PreviewDesk* desk = nullptr; // null: there are no previews
    };
    // Listens at once; throws Failure(stop) where an address, a socket or a certificate cannot be had.
    Server(Parts parts, ServeSettings settings);
    ~Server();
    void stop(); // ends every connection; may be called twice

    std::uint16_t port() const;        // of the API; 0: it does not listen on TCP
    std::uint16_t health_port() const; // 0: it does not listen

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace kedge
