// Puts a control plane on two loopback ports of an event loop: the API and the admin port. Carries out the faults that
// touch the connection: endings, truncation, delay, silence.
#pragma once
#include "io/http_server.h"
#include "io/task.h"
#include "sandbox/admin.h"
#include "sandbox/control_plane.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace kedge::sandbox {

struct SandboxPorts {
    std::uint16_t api = 0; // 0: a free one
    std::uint16_t admin = 0;
};

class SandboxServer final {
public:
    // Listens at once, on 127.0.0.1 only; throws Failure(stop) where a port cannot be had. `plane` must outlive the
    // loop's run.
    SandboxServer(EventLoop& loop, ControlPlane& plane, SandboxPorts ports = {});
    ~SandboxServer();
    std::uint16_t api_port() const;
    std::uint16_t admin_port() const;
    // Called before (false) and after (true) each API request is carried out, before its answer is sent: for tests that
    // end a client at such a moment.
    void watch(std::function<void(bool carried_out)> watcher);
    void stop(); // closes listeners and connections, ends delays

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace kedge::sandbox
