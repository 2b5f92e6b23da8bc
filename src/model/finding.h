// What a person wrote wrong, or should know about: collected, all at once, never thrown.
#pragma once
#include "model/place.h"

#include <string>
#include <vector>

namespace kedge {

enum class Severity { warning, error };

struct Finding {
    Severity severity = Severity::error;
    Place place;
    std::string message; // lower case, no full stop: `duplicate key "url"`
    std::string hint;    // what to do; may be empty
    std::string excerpt; // the source line, masked where it may hold a secret; may be empty (then no caret is drawn)
    std::string name;    // the registration it belongs to, where known
    bool policy = false; // a breach of `may`: right in itself, but not for these authors

    auto operator<=>(const Finding&) const = default;
};

bool has_errors(const std::vector<Finding>& findings);
// Errors that are no breach of policy.
bool has_mistakes(const std::vector<Finding>& findings);

} // namespace kedge
