#include "io/patient_client.h"

#include "io/pacing.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace kedge {

namespace {

bool is_read(const std::string& method) {
    return method == "GET" || method == "HEAD";
}

bool is_throttle(const HttpOutcome& outcome) {
    return outcome.delivery == Delivery::answered && (outcome.response.status == 429 || outcome.response.status == 503);
}

bool is_success(const HttpOutcome& outcome) {
    return outcome.delivery == Delivery::answered && outcome.response.status < 400;
}

// The rules of the header, in its order.
bool may_repeat(bool read, const HttpOutcome& outcome) {
    if (outcome.delivery == Delivery::not_sent) return true;
    if (outcome.delivery == Delivery::unknown) return read;
    const int status = outcome.response.status;
    return status == 429 || (read && (status == 408 || status >= 500));
}

} // namespace

struct PatientClient::State {
    State(HttpClient& sends, Clock& tells, PatientOptions wanted)
        : inner(sends), clock(tells), options(wanted), limiter(options.concurrency) {}

    Task<HttpOutcome> attempt(HttpRequest request);
    void learn(const HttpOutcome& outcome);
    std::optional<Milliseconds> asked_wait(const HttpOutcome& outcome) const;
    // Nothing: it would take longer than anybody is ready to wait.
    std::optional<Milliseconds> wait_before_repeat(int attempt, const HttpOutcome& outcome);

    HttpClient& inner;
    Clock& clock;
    PatientOptions options;
    Limiter limiter;
    PatientCounters counters;
    Milliseconds quiet_until{0};   // the control plane asked everybody to wait
    Milliseconds refused_until{0}; // it answered 429 where one is enough: nothing is sent before this
};

std::optional<Milliseconds> PatientClient::State::asked_wait(const HttpOutcome& outcome) const {
    if (!is_throttle(outcome)) return std::nullopt;
    return wait_asked_for(outcome.response.headers, clock.now());
}

void PatientClient::State::learn(const HttpOutcome& outcome) {
    if (is_success(outcome)) limiter.widen();
    if (!is_throttle(outcome)) return;
    ++counters.throttled;
    limiter.halve();
    const auto asked = asked_wait(outcome);
    const Milliseconds now = clock.monotonic();
    if (asked && *asked <= options.most_wait) quiet_until = std::max(quiet_until, now + *asked);
    if (options.stop_at_first_429 && outcome.response.status == 429)
        refused_until = std::max(refused_until, now + asked.value_or(options.most_wait));
}

std::optional<Milliseconds> PatientClient::State::wait_before_repeat(int attempt, const HttpOutcome& outcome) {
    const auto asked = asked_wait(outcome);
    if (!asked) return options.backoff.wait(attempt, clock.random());
    if (*asked > options.most_wait) return std::nullopt;
    return asked;
}

// Waits for its turn and for the end of a silence that was asked for, then sends once.
Task<HttpOutcome> PatientClient::State::attempt(HttpRequest request) {
    const Limiter::Permit permit = co_await limiter.enter();
    while (clock.monotonic() < quiet_until) {
        const Milliseconds rest = quiet_until - clock.monotonic();
        co_await clock.sleep(rest);
    }
    HttpOutcome outcome;
    if (clock.monotonic() < refused_until) {
        const Milliseconds rest = refused_until - clock.monotonic();
        outcome.error =
            "held back: the control plane answered 429 and is left alone for another " + format_duration(rest);
        co_return outcome;
    }
    outcome = co_await inner.send(std::move(request));
    learn(outcome);
    co_return outcome;
}

PatientClient::PatientClient(HttpClient& inner, Clock& clock, PatientOptions options)
    : state_(std::make_shared<State>(inner, clock, options)) {}

PatientClient::~PatientClient() = default;

PatientCounters PatientClient::counters() const {
    PatientCounters counters = state_->counters;
    counters.allowed = state_->limiter.allowed();
    return counters;
}

Task<HttpOutcome> PatientClient::send(HttpRequest request) {
    const std::shared_ptr<State> held = state_;
    State& state = *held;
    const bool read = is_read(request.method);
    for (int attempt = 0;; ++attempt) {
        HttpRequest copy = request; // kept for the next attempt
        HttpOutcome outcome = co_await state.attempt(std::move(copy));
        const bool unsent = outcome.delivery == Delivery::not_sent;
        const bool last = attempt + 1 >= (unsent ? state.options.most_connects : state.options.most_attempts);
        const bool stopped = state.clock.monotonic() < state.refused_until;
        if (last || stopped || !may_repeat(read, outcome)) co_return outcome;
        const auto wait = state.wait_before_repeat(attempt, outcome);
        if (!wait) co_return outcome;
        ++state.counters.repeats;
        co_await state.clock.sleep(*wait);
    }
}

} // namespace kedge
