// Bytes as base64 (RFC 4648): with padding, and the alphabet of URLs and tokens without.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);

} // namespace kedge
