// Carries one request to a forge, again where that may help: a forge answers 404, 405 or 409 for a moment after an
// event, 5xx when it is restarted, 429 or 403 when it is asked too often. Leaves what answers mean to forge/.
#pragma once
#include "base/backoff.h"
#include "forge/forge.h"
#include "io/beast_client.h"
#include "io/clock.h"
#include "io/http_client.h"

#include <optional>

namespace kedge {

struct ForgePatience {
    Milliseconds deadline{60'000}; // of one question, all repeats and waits together
    Milliseconds settle{8'000};    // that something is not there, or not possible, is believed only after so long
    Backoff backoff{Milliseconds(500), Milliseconds(5'000), 0.2};
};

class Carrier final {
public:
    Carrier(HttpClient& client, Clock& clock, ForgePatience patience)
        : client_(client), clock_(clock), patience_(patience) {}

    // `credential`: goes with the request and into nothing else; what is given back shows it nowhere. `begun`: when the
    // question was asked.
    Task<ForgeExchange> carry(ForgeSend send, CredentialLine credential, Milliseconds begun);
    Clock& clock() const { return clock_; }

private:
    // Nothing: it is not repeated.
    std::optional<Milliseconds> wait_before_repeat(const ForgeSend& send, const ForgeExchange& exchange, int attempt,
                                                   Milliseconds begun);
    std::optional<Milliseconds> asked_wait(const ForgeExchange& exchange, int attempt);

    HttpClient& client_;
    Clock& clock_;
    ForgePatience patience_;
    Milliseconds quiet_until_{0}; // the forge asked for a silence: it is kept for every question
};

} // namespace kedge
