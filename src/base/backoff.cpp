#include "base/backoff.h"

#include <algorithm>

namespace kedge {

Milliseconds Backoff::wait(int attempt, double random) const {
    auto milliseconds = static_cast<double>(first.count());
    for (int i = 0; i < attempt && milliseconds < static_cast<double>(most.count()); ++i) milliseconds *= 2;
    milliseconds = std::min(milliseconds, static_cast<double>(most.count()));
    milliseconds *= 1.0 + jitter * (2.0 * random - 1.0);
    return Milliseconds(static_cast<std::int64_t>(milliseconds));
}

} // namespace kedge
