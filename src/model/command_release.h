// A release that a person gave by command, and not in git: it counts until it is spent, or taken back.
#pragma once
#include "base/duration.h"
#include "model/release.h"

#include <string>

namespace kedge {

struct CommandRelease {
    std::string unit;
    Release release; // `from_git` is false, `by` says who gave it
    UnixSeconds at = 0;

    bool operator==(const CommandRelease&) const = default;
};

} // namespace kedge
