// How fast a control plane may be asked: a limiter that learns from its answers, and the wait that an answer asks for.
#pragma once
#include "base/duration.h"
#include "base/http_message.h"
#include "io/task.h"

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace kedge {

// At most allowed() holders of a permit at a time, in the order of their coming. Must outlive its permits and waiters.
class Limiter final {
public:
    explicit Limiter(int most);

    class Permit final {
    public:
        explicit Permit(Limiter* limiter) : limiter_(limiter) {}
        Permit(Permit&& other) noexcept : limiter_(std::exchange(other.limiter_, nullptr)) {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (limiter_ != nullptr) limiter_->leave();
        }

    private:
        Limiter* limiter_;
    };

    Task<Permit> enter();
    int allowed() const { return allowed_; }
    void halve();
    void widen(); // by one, up to the number it was made with

private:
    struct Waiter {
        explicit Waiter(const boost::asio::any_io_executor& executor) : timer(executor) {}
        boost::asio::steady_timer timer; // used as a signal
        bool admitted = false;
    };
    void leave();
    void admit();

    int most_;
    int allowed_;
    int inside_ = 0;
    std::deque<std::shared_ptr<Waiter>> waiting_;
};

// Retry-After (seconds or a date), else X-RateLimit-Reset (seconds from now, or an epoch in seconds or milliseconds).
// Nothing where neither makes sense or the time is over already.
std::optional<Milliseconds> wait_asked_for(const HttpHeaders& headers, UnixSeconds now);

// "Sun, 06 Nov 1994 08:49:37 GMT" and the two obsolete forms that RFC 9110 wants understood.
std::optional<UnixSeconds> parse_http_date(const std::string& text);

} // namespace kedge
