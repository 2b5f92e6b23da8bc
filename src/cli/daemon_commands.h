// Commands that a running kedge carries out or answers. Each asks, shows what it says, gives the exit code. No
// decisions.
#pragma once
#include "cli/daemon_client.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "io/clock.h"

namespace kedge {

struct DaemonSession {
    EventLoop& loop;
    Clock& clock;
    DaemonClient& client;
};

// Whether a running kedge can be asked for this, and whether nobody else can do it.
bool is_for_daemon(const Options& options);
bool needs_daemon(Verb verb);
// All throw Failure: DaemonRefused, DaemonAway.
int daemon_command(DaemonSession& session, const Options& options, Terminal& terminal);
int wait_command(DaemonSession& session, const Options& options, Terminal& terminal);
int events_command(DaemonSession& session, const Options& options, Terminal& terminal);
int preview_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal);
int history_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal);

std::string path_of_unit(const std::string& unit, const char* more = "");

} // namespace kedge
