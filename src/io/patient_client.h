// A decorator that paces and repeats: bounded concurrency (halved on 429 or 503, plus one on success), slower where
// X-RateLimit-Remaining is low, Retry-After (seconds or date) and X-RateLimit-Reset honoured, exponential backoff.
#pragma once
#include "base/backoff.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "io/stop.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace kedge {

struct PatientOptions {
    int concurrency = 8;
    int most_attempts = 5;
    int most_connects = 5;         // attempts at a request that could not even be sent
    Milliseconds most_wait{60000}; // a longer Retry-After ends the attempts; the answer is given back
    Backoff backoff;
    // Once nothing at all was heard for so long, what is asked is given back unsent; 0: it is asked for ever.
    Milliseconds most_silence{0};
    std::function<std::string()> forbids_write; // as in BeastClientOptions: what it refuses is not repeated
    std::function<void()> unanswered_write;     // told of one that may still arrive
    bool stop_at_first_429 = false; // it is given back, and nothing is sent until the wait it asks for is over
};

struct PatientCounters {
    std::uint64_t repeats = 0;
    std::uint64_t throttled = 0; // answers 429 or 503
    std::uint64_t waits = 0;     // attempts that had to wait for their turn
    Milliseconds waited{0};      // all of them together
    int allowed = 0;             // requests in flight at present, at most
};

// It repeats
//   - any request that was not sent, or was answered 429 (the control plane says it did nothing),
//   - reads (GET, HEAD) also after 408, 5xx and lost answers.
// A write with an unclear end is given back as it is: only the dialect knows how to read back.
// Once `stop` is asked for nothing is repeated and no wait is kept; what only looks is not sent, a write is sent once.
class PatientClient final : public HttpClient {
public:
    PatientClient(HttpClient& inner, Clock& clock, PatientOptions options, Stop* stop = nullptr);
    ~PatientClient() override;
    Task<HttpOutcome> send(HttpRequest request) override;
    PatientCounters counters() const;

private:
    struct State;
    std::shared_ptr<State> state_; // requests in flight hold it as well
};

} // namespace kedge
