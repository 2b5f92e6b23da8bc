// When a server says to come back: Retry-After (seconds or an HTTP date) or X-RateLimit-Reset (seconds from now, or
// since the epoch).
#pragma once
#include "base/duration.h"
#include "base/http_message.h"

#include <optional>

namespace kedge {

// Nothing where no header says so, or none makes sense. Never negative.
std::optional<Milliseconds> retry_hint(const HttpHeaders& headers, UnixSeconds now);

} // namespace kedge
