// A person's yes to exactly one change digest, as written in .kedge/releases or given on the command line.
#pragma once
#include "base/digest.h"
#include "model/place.h"

#include <string>

namespace kedge {

struct Release {
    Digest digest; // of the change
    std::string name;
    std::string because;
    int at_most = 0; // most people that may be signed out; 0: not stated
    bool from_git = true;
    Place place;

    // Hash of the whole entry: what the ledger marks spent.
    Digest entry() const;
    bool operator==(const Release&) const = default;
};

} // namespace kedge
