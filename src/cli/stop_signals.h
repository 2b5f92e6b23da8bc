// Ctrl-C and SIGTERM: the first asks for an orderly end (what only looks is given up, what is in flight is finished),
// the second ends at once and says what it left in flight. From its making to its end.
#pragma once
#include "cli/commands.h"

#include <boost/asio/signal_set.hpp>
#include <functional>
#include <string>

namespace kedge {

class StopSignals final {
public:
    // `say`: one line for a person.
    StopSignals(Session& session, std::function<void(const std::string&)> say);
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

private:
    void wait();
    void first();
    [[noreturn]] void second();

    Session& session_;
    std::function<void(const std::string&)> say_;
    boost::asio::signal_set signals_;
};

// How a command ends that a stop cut short: what was done so far, and the exit code that says the same.
std::string words_of_interruption(const Session& session);
int exit_code_of_interruption(const Session& session);

} // namespace kedge
