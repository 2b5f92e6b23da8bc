// What happens, as Server-Sent Events: first what the client missed, then each event as it comes.
#pragma once
#include "reconcile/status_board.h"
#include "serve/access.h"

#include <functional>
#include <string>

namespace kedge {

// Whoever may see some units only hears of those alone.
bool may_hear(const Caller& caller, const Event& event);

struct EventStreamStart {
    Caller caller;
    std::string after;          // the last id that the client has, as it says; empty: it wants what comes from now on
    std::function<void()> left; // called once when it is over
};

ServerAnswer event_stream(EventLoop& loop, StatusBoard& board, EventStreamStart start);

} // namespace kedge
