// A person's yes to exactly one change digest, as written in .kedge/releases or given on the command line.
#pragma once
#include "base/digest.h"
#include "base/duration.h"
#include "model/change.h"
#include "model/place.h"

#include <optional>
#include <string>

namespace kedge {

struct Release {
    Digest digest; // of the change
    std::string name;
    std::string because;
    int at_most = 0; // most people that may be signed out; 0: not stated
    bool from_git = true;
    Place place;
    std::string by{};      // given by command: who gave it; no part of the entry
    UnixSeconds given = 0; // by command, to be kept: when, so that the same yes can be given again

    // Hash of the whole entry: what the ledger marks spent.
    Digest entry() const;
    bool operator==(const Release&) const = default;
};

// Who may say yes to signing people out: an entry in git, also a person by command, nobody, or everybody beforehand.
enum class SignOut { git, approver, never, always };
struct SignOutRule {
    SignOut who = SignOut::git;
    int at_most = 0; // `always`: most people per change; 0: any number

    bool operator==(const SignOutRule&) const = default;
};

// May a release take this hold away? The others end by themselves, by another change, or where they were made.
bool is_releasable(HoldReason reason);

// May this change sign so many people out (nothing: their number is unknown)? A release that states `at_most` does not
// cover an unknown number.
bool may_sign_out(const Change& change, const SignOutRule& rule, std::optional<int> subjects);

} // namespace kedge
