#include "preview/carrier.h"

#include "io/pacing.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

// Published: after a secondary limit without a header, one waits for a minute.
constexpr Milliseconds secondary_wait{60'000};

void mask(std::string& text, const Secret& secret) {
    const auto& value = secret.reveal();
    if (value.size() < 8) return;
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at))
        text.replace(at, value.size(), "***");
}

ForgeExchange exchange_of(HttpRequest request, HttpOutcome outcome, const Secret& credential) {
    ForgeExchange exchange;
    exchange.request = std::move(request);
    exchange.answered = outcome.delivery == Delivery::answered;
    exchange.sent = outcome.delivery != Delivery::not_sent;
    if (exchange.answered)
        exchange.response = std::move(outcome.response);
    else
        exchange.error = std::move(outcome.error);
    mask(exchange.response.body, credential);
    mask(exchange.error, credential);
    return exchange;
}

bool is_throttle(const ForgeExchange& exchange) {
    const auto& response = exchange.response;
    if (response.status == 429) return true;
    if (response.status == 503) return !header(response.headers, "Retry-After").empty();
    return response.status == 403 && (!header(response.headers, "Retry-After").empty() ||
                                      header(response.headers, "X-RateLimit-Remaining") == "0" ||
                                      response.body.find("secondary rate limit") != std::string::npos);
}

} // namespace

std::optional<Milliseconds> Carrier::asked_wait(const ForgeExchange& exchange, int attempt) {
    auto wait = wait_asked_for(exchange.response.headers, clock_.now());
    const bool secondary = exchange.response.body.find("secondary rate limit") != std::string::npos;
    if (!wait) wait = secondary ? secondary_wait : patience_.backoff.wait(attempt, clock_.random());
    quiet_until_ = std::max(quiet_until_, clock_.monotonic() + *wait);
    return wait;
}

std::optional<Milliseconds> Carrier::wait_before_repeat(const ForgeSend& send, const ForgeExchange& exchange,
                                                        int attempt, Milliseconds begun) {
    const auto passed = clock_.monotonic() - begun;
    std::optional<Milliseconds> wait;
    const auto backoff = patience_.backoff.wait(attempt, clock_.random());
    const int status = exchange.response.status;
    if (!exchange.answered) {
        if (!exchange.sent || !send.once) wait = backoff;
    } else if (is_throttle(exchange)) {
        wait = asked_wait(exchange, attempt); // nothing was done, so even what is done once may be repeated
    } else if (status == 408 || status >= 500) {
        if (!send.once) wait = backoff;
    } else if (status == 404 || status == 405 || status == 409) {
        const bool says_something = status == 404 && send.absence_is_answer;
        if (!says_something && passed + backoff <= patience_.settle) wait = backoff;
    }
    if (wait && passed + *wait > patience_.deadline) return std::nullopt;
    return wait;
}

Task<ForgeExchange> Carrier::carry(ForgeSend send, CredentialLine credential, Milliseconds begun) {
    for (int attempt = 0;; ++attempt) {
        const auto quiet = quiet_until_ - clock_.monotonic();
        if (clock_.monotonic() + quiet - begun > patience_.deadline && quiet.count() > 0) {
            ForgeExchange unsent;
            unsent.request = send.request;
            unsent.sent = false;
            unsent.error = "the forge asked to be left alone for another " + format_duration(quiet);
            co_return unsent;
        }
        if (quiet.count() > 0) co_await clock_.sleep(quiet);
        HttpRequest request = send.request;
        if (!credential.value.empty())
            request.headers.emplace_back(credential.header, credential.prefix + credential.value.reveal());
        HttpOutcome outcome = co_await client_.send(std::move(request));
        ForgeExchange exchange = exchange_of(send.request, std::move(outcome), credential.value);
        const auto wait = wait_before_repeat(send, exchange, attempt, begun);
        if (!wait) co_return exchange;
        co_await clock_.sleep(*wait);
    }
}

} // namespace kedge
