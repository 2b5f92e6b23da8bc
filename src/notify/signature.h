// How a receiver can tell that a webhook is from this kedge, and from now: an HMAC over time and body.
#pragma once
#include "base/duration.h"
#include "base/secret.h"

#include <string>

namespace kedge {

// "sha256=HEX" of HMAC-SHA-256 over "TIMESTAMP.BODY", the timestamp in seconds as in X-Kedge-Timestamp.
std::string webhook_signature(const Secret& key, UnixSeconds timestamp, const std::string& body);

} // namespace kedge
