// Exponential backoff with jitter, as a pure rule: attempt number and a random number in, a wait out.
#pragma once
#include "base/duration.h"

namespace kedge {

struct Backoff {
    Milliseconds first{1000};
    Milliseconds most{60000};
    double jitter = 0.2; // share of the wait, added or taken away

    // `attempt` counts from 0; `random` lies in [0, 1).
    Milliseconds wait(int attempt, double random) const;
};

} // namespace kedge
