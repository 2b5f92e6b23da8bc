// A JSON Web Token with an RSA signature (RS256, RFC 7515): how a GitHub App proves who it is.
#pragma once
#include "base/duration.h"
#include "base/secret.h"

#include <string>

namespace kedge {

// Valid from a minute ago (clocks differ) for nine minutes to come. `key`: PEM, PKCS#1 or PKCS#8, without a passphrase.
// Throws Failure(wait_for_change) where it is no such key.
Secret signed_app_token(const Secret& key, const std::string& app, UnixSeconds now);

} // namespace kedge
