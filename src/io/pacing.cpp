#include "io/pacing.h"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>

namespace kedge {

namespace asio = boost::asio;

Limiter::Limiter(int most) : most_(std::max(most, 1)), allowed_(most_) {}

Task<Limiter::Permit> Limiter::enter() {
    if (inside_ < allowed_ && waiting_.empty()) {
        ++inside_;
        co_return Permit(this);
    }
    auto executor = co_await asio::this_coro::executor;
    auto waiter = std::make_shared<Waiter>(executor);
    waiter->timer.expires_at(asio::steady_timer::time_point::max());
    // Who goes away while waiting (cancelled, or its loop is gone) leaves no hole: neither in the queue nor in the
    // count.
    const auto give_up = [waiter](Limiter* limiter) {
        if (waiter->admitted)
            limiter->leave();
        else
            std::erase(limiter->waiting_, waiter);
    };
    std::unique_ptr<Limiter, decltype(give_up)> guard(this, give_up);
    waiting_.push_back(waiter);
    boost::system::error_code ignored;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!waiter->admitted) throw boost::system::system_error(asio::error::operation_aborted);
    static_cast<void>(guard.release()); // nothing to free: it only watched over the wait
    co_return Permit(this);
}

void Limiter::leave() {
    --inside_;
    admit();
}

void Limiter::admit() {
    while (inside_ < allowed_ && !waiting_.empty()) {
        const std::shared_ptr<Waiter> waiter = waiting_.front();
        waiting_.pop_front();
        ++inside_; // on its behalf, so that nobody overtakes it
        waiter->admitted = true;
        waiter->timer.cancel();
    }
}

void Limiter::halve() {
    allowed_ = std::max(allowed_ / 2, 1);
}

void Limiter::widen() {
    allowed_ = std::min(allowed_ + 1, most_);
    admit();
}

namespace {

std::string_view trim(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// Whole seconds; a fraction, as some send it, counts as one more: coming back too early would be throttled again.
std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || value < 0) return std::nullopt;
    const std::string_view rest(result.ptr, static_cast<std::size_t>(text.data() + text.size() - result.ptr));
    const bool decimals = rest.starts_with('.') && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (rest.empty()) return value;
    if (!decimals || value == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return rest.find_first_not_of("0", 1) == std::string_view::npos ? value : value + 1;
}

std::optional<Milliseconds> seconds(std::int64_t count) {
    constexpr std::int64_t most =
        366LL * 24 * 3600; // beyond it no arithmetic is needed to see that nobody waits so long
    if (count <= 0) return std::nullopt;
    return Milliseconds(std::min(count, most) * 1000);
}

} // namespace

std::optional<UnixSeconds> parse_http_date(const std::string& text) {
    constexpr std::array<const char*, 3> forms{"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                               "%a %b %e %H:%M:%S %Y"};
    for (const char* form : forms) {
        std::tm parts{};
        const char* end = strptime(text.c_str(), form, &parts); // in the C locale, which the project never changes
        if (end == nullptr || *end != '\0') continue;
        return static_cast<UnixSeconds>(timegm(&parts));
    }
    return std::nullopt;
}

std::optional<Milliseconds> wait_asked_for(const HttpHeaders& headers, UnixSeconds now) {
    const std::string_view after = trim(header(headers, "Retry-After"));
    if (const auto count = number(after)) {
        if (const auto wait = seconds(*count)) return wait;
    } else if (const auto date = parse_http_date(std::string(after))) {
        if (const auto wait = seconds(*date - now)) return wait;
    }
    const auto reset = number(trim(header(headers, "X-RateLimit-Reset")));
    if (!reset) return std::nullopt;
    constexpr std::int64_t milliseconds_from = 100'000'000'000; // as seconds this is the year 5138
    constexpr std::int64_t epoch_from = 1'000'000'000;          // as seconds from now this is 31 years
    if (*reset >= milliseconds_from) return seconds((*reset + 999) / 1000 - now);
    return seconds(*reset >= epoch_from ? *reset - now : *reset);
}

} // namespace kedge
