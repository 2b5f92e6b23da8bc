#include "serve/throttle.h"

#include <algorithm>

namespace kedge {

namespace {
constexpr int free_failures = 5;
constexpr Milliseconds first_wait{1000};
constexpr Milliseconds longest_wait{300'000};
constexpr Milliseconds forgiven_after{900'000};
} // namespace

std::optional<Milliseconds> FailureThrottle::wait_for(const std::string& source) {
    const auto* failures = sources_.find(source);
    if (failures == nullptr) return std::nullopt;
    const auto now = clock_.monotonic();
    if (now < failures->until) return failures->until - now;
    if (now - failures->last > forgiven_after) sources_.forget(source);
    return std::nullopt;
}

void FailureThrottle::failed(const std::string& source) {
    auto& failures = sources_.touch(source, {});
    failures.last = clock_.monotonic();
    ++failures.count;
    if (failures.count < free_failures) return;
    const int doublings = std::min(failures.count - free_failures, 20);
    failures.until = failures.last + std::min(first_wait * (1 << doublings), longest_wait);
}

std::optional<Milliseconds> RateLimit::take(const std::string& source) {
    const double most = std::max(1.0, per_minute_ / 10.0); // what may come at once
    const double per_millisecond = per_minute_ / 60'000.0;
    const auto now = clock_.monotonic();
    auto& bucket = sources_.touch(source, Bucket{most, now});
    bucket.permits = std::min(most, bucket.permits + static_cast<double>((now - bucket.at).count()) * per_millisecond);
    bucket.at = now;
    if (bucket.permits >= 1) {
        bucket.permits -= 1;
        return std::nullopt;
    }
    return Milliseconds(static_cast<std::int64_t>((1 - bucket.permits) / per_millisecond) + 1);
}

} // namespace kedge
