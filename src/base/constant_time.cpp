#include "base/constant_time.h"

#include <openssl/crypto.h>

namespace kedge {

bool equal_in_constant_time(const Digest& left, const Digest& right) {
    return CRYPTO_memcmp(left.bytes.data(), right.bytes.data(), left.bytes.size()) == 0;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
    return equal_in_constant_time(sha256(left), sha256(right));
}

} // namespace kedge
