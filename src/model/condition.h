// The state of a live registration that is reported and never compared.
#pragma once
#include <string>

namespace kedge {

struct Condition {
    bool reachable = true;
    bool needs_person = false;
    std::string text;  // empty where there is nothing to say
    std::string url{}; // where a person goes on; empty: nowhere
    bool is_quiet() const { return reachable && !needs_person && text.empty(); }

    auto operator<=>(const Condition&) const = default;
};

} // namespace kedge
