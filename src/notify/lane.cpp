#include "notify/lane.h"

#include "base/failure.h"
#include "io/pacing.h"
#include "notify/address.h"
#include "notify/signature.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_waiting = 500;
constexpr UnixSeconds most_age = 24 * 3600; // after a day it is no news
constexpr Milliseconds longest_nap{1000};   // so that a stop is heard
constexpr Milliseconds longest_wait{3'600'000};

bool is_taken(int status) {
    return status >= 200 && status < 300;
}

// The receiver may take the same later: it is busy, broken or slow. Anything else it would refuse again.
bool may_pass(int status) {
    return status == 408 || status == 429 || status >= 500;
}

} // namespace

Lane::Lane(Receiver receiver, Parts parts) : receiver_(std::move(receiver)), parts_(std::move(parts)) {}

std::vector<std::int64_t> Lane::put(OutboxMessage message) {
    std::vector<std::int64_t> gone;
    while (waiting_.size() >= most_waiting) {
        if (waiting_.front().id != 0) gone.push_back(waiting_.front().id);
        waiting_.pop_front();
        if (std::exchange(overflowing_, true)) continue;
        parts_.log.warning("notifications dropped",
                           {{"receiver", receiver_.name},
                            {"why", "more than " + std::to_string(most_waiting) + " wait; the oldest make room"}});
    }
    waiting_.push_back(std::move(message));
    waker_.wake();
    return gone;
}

void Lane::stop() {
    stopping_ = true;
    waker_.wake();
}

Task<void> Lane::run() {
    while (!stopping_) {
        if (waiting_.empty()) {
            overflowing_ = false;
            co_await waker_.wait();
            continue;
        }
        // Taken out: making room must not take away what is on its way.
        auto message = std::move(waiting_.front());
        waiting_.pop_front();
        co_await deliver(std::move(message));
    }
}

Task<void> Lane::deliver(OutboxMessage message) {
    for (int tries = 0; !stopping_; ++tries) {
        const auto now = parts_.clock.now();
        if (now - message.made > most_age) {
            parts_.log.warning(
                "notification dropped",
                {{"receiver", receiver_.name}, {"delivery", message.delivery}, {"why", "not taken within a day"}});
            co_await settle(message.id);
            co_return;
        }
        const auto result = co_await attempt(message);
        if (result.verdict == Verdict::later) {
            if (stopping_) co_return;
            trouble(result.why);
            auto wait = backoff_.wait(std::min(tries, 16), parts_.clock.random());
            if (result.wanted) wait = std::clamp(*result.wanted, wait, longest_wait);
            co_await nap(wait);
            continue;
        }
        if (result.verdict == Verdict::refused)
            parts_.log.warning("notification dropped",
                               {{"receiver", receiver_.name}, {"delivery", message.delivery}, {"why", result.why}});
        else if (std::exchange(in_trouble_, false))
            parts_.log.info("notifications are delivered again", {{"receiver", receiver_.name}});
        co_await settle(message.id);
        co_return;
    }
}

void Lane::trouble(const std::string& why) {
    if (std::exchange(in_trouble_, true)) return;
    parts_.log.warning("notifications wait", {{"receiver", receiver_.name}, {"why", why}});
}

Task<Lane::Attempt> Lane::attempt(const OutboxMessage& message) {
    Attempt result;
    HttpRequest request;
    HttpClient* client = nullptr;
    try {
        const auto address = parse_address(receiver_.url(), receiver_.allow_insecure);
        result.why = address.problem;
        if (result.why.empty()) {
            request = request_for(message, address.target);
            client = &client_for(address.origin);
        }
    } catch (const Failure& failure) {
        result.why = failure.what();
    }
    if (client == nullptr) co_return result; // a person has to mend it; it is looked at anew each time
    const auto outcome = co_await client->send(std::move(request));
    if (outcome.delivery != Delivery::answered) {
        result.why = outcome.error;
        co_return result;
    }
    const int status = outcome.response.status;
    if (is_taken(status)) {
        result.verdict = Verdict::taken;
        co_return result;
    }
    result.why = "the receiver answered " + std::to_string(status);
    if (may_pass(status))
        result.wanted = wait_asked_for(outcome.response.headers, parts_.clock.now());
    else
        result.verdict = Verdict::refused;
    co_return result;
}

HttpClient& Lane::client_for(const std::string& origin) {
    if (client_ && origin_ == origin) return *client_;
    client_ = parts_.make_client(origin);
    origin_ = origin;
    return *client_;
}

HttpRequest Lane::request_for(const OutboxMessage& message, const Secret& target) const {
    HttpRequest request;
    request.method = "POST";
    request.target = target.reveal();
    request.body = message.body;
    request.headers.emplace_back("Content-Type", "application/json");
    if (receiver_.kind != ReceiverKind::webhook) return request;
    const auto now = parts_.clock.now();
    request.headers.emplace_back("X-Kedge-Event", message.kind);
    request.headers.emplace_back("X-Kedge-Delivery", message.delivery);
    request.headers.emplace_back("X-Kedge-Timestamp", std::to_string(now));
    request.headers.emplace_back("X-Kedge-Signature", webhook_signature(receiver_.secret(), now, message.body));
    return request;
}

// What cannot be taken out of the outbox is delivered once more after the next start: receivers know the delivery id.
Task<void> Lane::settle(std::int64_t id) {
    if (id == 0) co_return;
    std::vector<std::int64_t> ids{id};
    std::string problem;
    try {
        co_await parts_.outbox.remove(std::move(ids));
        outbox_broken_ = false;
    } catch (const Failure& failure) {
        problem = failure.what();
    }
    if (problem.empty() || std::exchange(outbox_broken_, true)) co_return;
    parts_.log.warning("delivered notifications may come twice", {{"receiver", receiver_.name}, {"why", problem}});
}

Task<void> Lane::nap(Milliseconds duration) {
    const auto until = parts_.clock.monotonic() + duration;
    while (!stopping_) {
        const auto left = until - parts_.clock.monotonic();
        if (left.count() <= 0) co_return;
        co_await parts_.clock.sleep(std::min(left, longest_nap));
    }
}

} // namespace kedge
