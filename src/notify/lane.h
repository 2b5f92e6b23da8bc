// What waits for one receiver, and its delivery: in order, one at a time, again and again until it is taken, refused
// for good or too old. Lanes know nothing of each other: a slow receiver delays nobody else.
#pragma once
#include "base/backoff.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "io/log.h"
#include "io/waker.h"
#include "notify/receiver.h"
#include "store/outbox.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kedge {

// Makes a client for one origin, as in "https://hooks.slack.com". Its deadlines bound each attempt.
using ClientFactory = std::function<std::unique_ptr<HttpClient>(const std::string& origin)>;

class Lane final {
public:
    struct Parts {
        Clock& clock;
        Log& log;
        Outbox& outbox;
        ClientFactory make_client;
    };
    Lane(Receiver receiver, Parts parts);

    const Receiver& receiver() const { return receiver_; }
    // Gives the ids of older messages that had to make room.
    std::vector<std::int64_t> put(OutboxMessage message);
    Task<void> run(); // until stopped; what waits then stays in the outbox
    void stop();

private:
    enum class Verdict { taken, refused, later };
    struct Attempt {
        Verdict verdict = Verdict::later;
        std::string why;                    // not taken; holds nothing of the address
        std::optional<Milliseconds> wanted; // how long the receiver asks to wait
    };
    Task<void> deliver(OutboxMessage message);
    Task<Attempt> attempt(const OutboxMessage& message);
    HttpClient& client_for(const std::string& origin);
    HttpRequest request_for(const OutboxMessage& message, const Secret& target) const;
    Task<void> settle(std::int64_t id);
    Task<void> nap(Milliseconds duration);
    void trouble(const std::string& why);

    Receiver receiver_;
    Parts parts_;
    std::deque<OutboxMessage> waiting_;
    std::string origin_;
    std::unique_ptr<HttpClient> client_;
    Waker waker_;
    Backoff backoff_{Milliseconds(2000), Milliseconds(300'000), 0.2};
    bool in_trouble_ = false;  // said, until the next delivery
    bool overflowing_ = false; // said, until all is delivered
    bool outbox_broken_ = false;
    bool stopping_ = false;
};

} // namespace kedge
