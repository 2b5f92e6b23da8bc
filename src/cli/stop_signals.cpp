#include "cli/stop_signals.h"

#include "cli/exit_code.h"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_named = 5;

std::string named(const std::vector<std::string>& writes) {
    std::string text;
    for (std::size_t i = 0; i < writes.size() && i < most_named; ++i) text += (i == 0 ? "" : ", ") + writes[i];
    if (writes.size() > most_named) text += " and " + std::to_string(writes.size() - most_named) + " more";
    return text;
}

} // namespace

StopSignals::StopSignals(Session& session, std::function<void(const std::string&)> say)
    : session_(session), say_(std::move(say)), signals_(session.loop, SIGINT, SIGTERM) {
    wait();
}

void StopSignals::wait() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        if (session_.stop.asked()) second();
        first();
        wait();
    });
}

void StopSignals::first() {
    const auto writes = session_.writing();
    session_.stop.ask();
    if (!writes.empty()) say_("stopping: waiting for " + named(writes) + "; a second signal ends at once");
}

// Nothing is unwound: whatever is slow to end is why there was a second signal. The ledger is safe at every moment.
void StopSignals::second() {
    const auto writes = session_.writing();
    auto text = words_of_interruption(session_);
    if (!writes.empty()) text += "; in flight: " + named(writes);
    say_(text);
    std::_Exit(exit_code_of_interruption(session_));
}

std::string words_of_interruption(const Session& session) {
    if (session.writes_sent() == 0) return "interrupted; nothing was changed";
    return "interrupted after " + std::to_string(session.writes_sent()) +
           (session.writes_sent() == 1 ? " write" : " writes") + "; the next pass reads back what became of them";
}

int exit_code_of_interruption(const Session& session) {
    return session.writes_sent() == 0 ? exit_error : exit_partial;
}

} // namespace kedge
