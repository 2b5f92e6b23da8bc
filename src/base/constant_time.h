// Comparison of what must not be guessed: takes as long for a near miss as for a far one.
#pragma once
#include "base/digest.h"

#include <string_view>

namespace kedge {

bool equal_in_constant_time(const Digest& left, const Digest& right);
// Of texts whose lengths are secret as well.
bool equal_in_constant_time(std::string_view left, std::string_view right);

} // namespace kedge
