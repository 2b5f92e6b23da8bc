// The one exception of the project: the world failed, and here is what to do next. What a person wrote wrong is a
// Finding, a change that did not go through is an Outcome; neither is thrown.
#pragma once
#include <stdexcept>
#include <string>

namespace kedge {

enum class NextAction {
    retry,           // the same may work later: network, timeouts, 429, 5xx
    wait_for_change, // nothing will change until somebody changes git, settings or rights
    stop,            // a person must look: wrong tenant, wrong credential, unusable store
};

// Text: *place: attempt "subject": cause; hint*, lower case, with numbers, without secrets.
class Failure : public std::runtime_error {
public:
    Failure(NextAction next, const std::string& text) : std::runtime_error(text), next_(next) {}
    NextAction next() const { return next_; }

private:
    NextAction next_;
};

} // namespace kedge
