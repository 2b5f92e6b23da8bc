// The address of a receiver, which is a secret as a whole: taken apart and judged, never quoted.
#pragma once
#include "base/secret.h"

#include <string>

namespace kedge {

struct Address {
    std::string origin;  // "https://hooks.slack.com": what a client is made for
    Secret target;       // path and query
    std::string problem; // why it is none, in words that hold nothing of it; empty: it is one
};

// Plain http only where `allow_insecure`; never a user, a password or a fragment.
Address parse_address(const Secret& url, bool allow_insecure);

} // namespace kedge
