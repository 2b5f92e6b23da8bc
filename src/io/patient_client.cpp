#include "io/patient_client.h"

#include "io/pacing.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace kedge {

namespace {

bool is_read(const std::string& method) {
    return method == "GET" || method == "HEAD";
}

bool only_looks(const HttpRequest& request) {
    return request.only_looks || is_read(request.method);
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

// How far apart requests begin once little is left of the number that a control plane allows (X-RateLimit-Remaining of
// X-RateLimit-Limit, taken to be per minute): what is left then lasts for a minute, whenever it began.
Milliseconds spacing_of(const HttpHeaders& headers) {
    const auto number = [&](const char* name) {
        const std::string_view text = header(headers, name);
        std::int64_t value = -1;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
        return result.ec == std::errc() && result.ptr == text.data() + text.size() ? value : -1;
    };
    constexpr std::int64_t minute_ms = 60000;
    constexpr std::int64_t little = 4; // a quarter
    const auto limit = number("X-RateLimit-Limit");
    const auto left = number("X-RateLimit-Remaining");
    if (limit < 1 || left < 0 || left >= limit / little) return Milliseconds{0};
    return Milliseconds(minute_ms / (left + 1));
}

} // namespace

struct PatientClient::State {
    State(HttpClient& sends, Clock& tells, PatientOptions wanted, Stop* ends)
        : inner(sends), clock(tells), options(wanted), stop(ends), limiter(options.concurrency) {}

    Task<HttpOutcome> attempt(HttpRequest request);
    void tell_unanswered(bool looks, const HttpOutcome& outcome) const;
    void learn(const HttpOutcome& outcome, Milliseconds begun);
    // Why a request is given back unsent; empty: it may go out.
    std::string held_back(bool looks) const;
    bool is_silent() const;
    std::optional<Milliseconds> asked_wait(const HttpOutcome& outcome) const;
    // Nothing: it would take longer than anybody is ready to wait.
    std::optional<Milliseconds> wait_before_repeat(int attempt, const HttpOutcome& outcome);

    HttpClient& inner;
    Clock& clock;
    PatientOptions options;
    Stop* stop;
    Limiter limiter;
    PatientCounters counters;
    Milliseconds quiet_until{0}; // the control plane asked everybody to wait
    Milliseconds heard_at{0};
    std::optional<Milliseconds> silent_since; // requests went out from here on, and none was answered
    Milliseconds next_begin{0};               // the next request waits for this
    Milliseconds spacing{0};                  // and the one after it for so much longer
    Milliseconds refused_until{0};            // it answered 429 where one is enough: nothing is sent before this
};

std::optional<Milliseconds> PatientClient::State::asked_wait(const HttpOutcome& outcome) const {
    if (!is_throttle(outcome)) return std::nullopt;
    return wait_asked_for(outcome.response.headers, clock.now());
}

bool PatientClient::State::is_silent() const {
    return options.most_silence.count() > 0 && silent_since &&
           clock.monotonic() - *silent_since >= options.most_silence;
}

std::string PatientClient::State::held_back(bool looks) const {
    const Milliseconds now = clock.monotonic();
    if (is_asked(stop) && (looks || now < quiet_until)) return "not asked any more, because kedge was asked to end";
    if (!looks && options.forbids_write) {
        auto why = options.forbids_write();
        if (!why.empty()) return why;
    }
    if (is_silent()) {
        const auto silence = std::chrono::floor<std::chrono::seconds>(now - *silent_since);
        return "it takes requests, but has answered none for " + format_duration(silence);
    }
    if (now >= refused_until) return {};
    return "held back: the control plane answered 429 and is left alone for another " +
           format_duration(refused_until - now);
}

void PatientClient::State::tell_unanswered(bool looks, const HttpOutcome& outcome) const {
    if (!looks && outcome.delivery == Delivery::unknown && options.unanswered_write) options.unanswered_write();
}

void PatientClient::State::learn(const HttpOutcome& outcome, Milliseconds begun) {
    if (outcome.delivery == Delivery::answered) {
        heard_at = clock.monotonic();
        silent_since.reset();
        // What a 429 asks for is a wait of its own.
        spacing = is_throttle(outcome) ? Milliseconds{0} : spacing_of(outcome.response.headers);
    } else if (outcome.delivery == Delivery::unknown && !silent_since) {
        silent_since = std::max(begun, heard_at);
    }
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

// Waits for its turn, for its place among the others where few are left, and for the end of a silence that was asked
// for; then sends once.
Task<HttpOutcome> PatientClient::State::attempt(HttpRequest request) {
    const Milliseconds came = clock.monotonic();
    const Limiter::Permit permit = co_await limiter.enter();
    if (const auto waited = clock.monotonic() - came; waited.count() > 0) {
        ++counters.waits;
        counters.waited += waited;
    }
    HttpOutcome outcome;
    outcome.error = held_back(only_looks(request));
    if (!outcome.error.empty()) co_return outcome;
    const Milliseconds turn = std::max(next_begin, clock.monotonic());
    next_begin = turn + spacing;
    if (turn > clock.monotonic() && !is_asked(stop)) {
        const Milliseconds rest = turn - clock.monotonic();
        co_await clock.sleep(rest);
    }
    while (clock.monotonic() < quiet_until && !is_asked(stop)) {
        const Milliseconds rest = quiet_until - clock.monotonic();
        co_await clock.sleep(rest);
    }
    outcome.error = held_back(only_looks(request));
    if (!outcome.error.empty()) co_return outcome;
    const Milliseconds begun = clock.monotonic();
    const bool looks = only_looks(request);
    outcome = co_await inner.send(std::move(request));
    learn(outcome, begun);
    tell_unanswered(looks, outcome);
    co_return outcome;
}

PatientClient::PatientClient(HttpClient& inner, Clock& clock, PatientOptions options, Stop* stop)
    : state_(std::make_shared<State>(inner, clock, options, stop)) {}

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
        const bool held_back = !state.held_back(only_looks(request)).empty();
        if (last || held_back || is_asked(state.stop) || !may_repeat(read, outcome)) co_return outcome;
        const auto wait = state.wait_before_repeat(attempt, outcome);
        if (!wait) co_return outcome;
        ++state.counters.repeats;
        co_await state.clock.sleep(*wait);
        if (is_asked(state.stop)) co_return outcome;
    }
}

} // namespace kedge
