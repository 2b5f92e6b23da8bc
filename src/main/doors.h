// The doors of `kedge run`, as its settings name them: the server and the notifications. They can be changed while it
// runs.
#pragma once
#include "main/wiring.h"
#include "model/counters.h"
#include "notify/notifier.h"
#include "reconcile/daemon.h"
#include "reconcile/preview_desk.h"
#include "serve/server.h"

#include <memory>

namespace kedge {

class Doors final {
public:
    // All of them outlive this. `desk` may be null; it is asked where the settings preview anything.
    Doors(Runtime& runtime, Daemon& daemon, Counters& counters, PreviewDesk* desk = nullptr);
    ~Doors();

    // Opens what these settings name, in place of what is open. Throws Failure where that cannot be: then it is as
    // before.
    void open(const Settings& settings);
    // Delivers notifications until close().
    Task<void> deliver();
    void close();

private:
    std::unique_ptr<Server> make_server(const Settings& settings);

    Runtime& runtime_;
    Daemon& daemon_;
    Counters& counters_;
    PreviewDesk* desk_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<Server> server_;
    Settings open_; // what they were opened by
    std::unique_ptr<Notifier> notifier_;
    bool closing_ = false;
};

} // namespace kedge
