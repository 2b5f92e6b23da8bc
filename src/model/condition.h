// The state of a live registration that is reported and never compared.
#pragma once
#include <string>

namespace kedge {

struct Condition {
    bool reachable = true;
    bool needs_person = false;
    std::string text; // empty where there is nothing to say

    auto operator<=>(const Condition&) const = default;
};

} // namespace kedge
