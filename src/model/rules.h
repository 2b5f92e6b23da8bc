// How two documents are compared: data that a dialect publishes, plus what one manifest asks for.
#pragma once
#include "base/digest.h"

#include <string>
#include <vector>

namespace kedge {

// Dotted object paths of the canonical document; `*` stands for one segment.
struct CompareRules {
    // Filled in by the control plane: compared only where git sets them ("ownedBy").
    std::vector<std::string> ignore_unless_set;
    // A difference here is a sign-out risk, shown as an auth change ("auth_data").
    std::vector<std::string> auth;
    // "Normalised by the server" is never accepted here ("url", "auth_data.type", "name", "enabled").
    std::vector<std::string> exact;
    // Not part of what live shows: no difference by itself, but sent again where git moved it
    // ("x-kedge.zudu.secret_id").
    std::vector<std::string> hidden;
    // The whole resource's own rules (x-kedge ignore and keep).
    std::vector<std::string> ignore;
    std::vector<std::string> keep;

    bool operator==(const CompareRules&) const = default;
};

// Of `ignore` and `keep` only; empty digest where both are empty.
Digest own_rules_digest(const CompareRules& rules);

} // namespace kedge
