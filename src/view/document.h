// Reading documents that another program wrote: what stands under a key, or nothing where that is absent, null or of
// another kind. Never throws.
#pragma once
#include "base/duration.h"
#include "base/json.h"

#include <cstdint>
#include <string>

namespace kedge {

std::string text_under(const Json& json, const char* key);
std::int64_t count_at(const Json& json, const char* key);
bool flag_at(const Json& json, const char* key);
UnixSeconds time_at(const Json& json, const char* key);
// An object, or null; a list, which may be empty.
const Json& part_at(const Json& json, const char* key);
const Json& list_at(const Json& json, const char* key);

} // namespace kedge
