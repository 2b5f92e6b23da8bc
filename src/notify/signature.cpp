#include "notify/signature.h"

#include "base/digest.h"

namespace kedge {

std::string webhook_signature(const Secret& key, UnixSeconds timestamp, const std::string& body) {
    return "sha256=" + hmac_sha256(key.reveal(), std::to_string(timestamp) + "." + body).hex();
}

} // namespace kedge
