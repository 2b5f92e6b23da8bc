// Which per-subject credentials an update would end: the rule behind HTTP 417. Pure; compares two saved manifests.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"

#include <set>
#include <string>

namespace kedge::sandbox {

struct AuthLoss {
    bool oauth = false;             // all OAuth tokens
    bool overrides = false;         // all auth overrides
    std::set<std::string> subjects; // all credentials of these

    bool none() const { return !oauth && !overrides && subjects.empty(); }
    bool operator==(const AuthLoss&) const = default;
};

AuthLoss auth_loss(const Json& before, const Json& after, const Knobs& knobs);

} // namespace kedge::sandbox
