// Ends a real kedge with SIGKILL at the n-th event of its run. Whoever calls says what an event is.
#pragma once
#include "tests/e2e/stage.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace kedge {

// False where it ended before. `events` is given what to call at each event.
template<class Events>
bool killed_at(Stage& stage, const std::vector<std::string>& arguments, int moment, Events events) {
    Daemon daemon(stage, arguments);
    int seen = 0;
    bool killed = false;
    events([&] {
        if (++seen < moment || killed) return;
        killed = true;
        daemon.kill_now();
    });
    const bool ended = daemon.wait_until([&] { return killed || daemon.has_ended(); });
    EXPECT_TRUE(ended) << daemon.log();
    stage.server->watch({});
    return killed;
}

// The same, where an event is a request that arrived or one that was carried out, its answer not sent.
inline bool killed_at_request(Stage& stage, const std::vector<std::string>& arguments, int moment) {
    return killed_at(stage, arguments, moment,
                     [&](auto event) { stage.server->watch([event](bool) mutable { event(); }); });
}

} // namespace kedge
