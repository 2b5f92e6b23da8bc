// The key that seals secret literals in digests and fingerprints secret values: a file with at least 32 characters,
// readable by its owner only.
#pragma once
#include "base/secret.h"

#include <string>

namespace kedge {

// Throws Failure(stop) where the file is missing, too short, too large, or readable by others.
Secret load_installation_key(const std::string& file);
// The same, but makes the file (0600) where it is missing.
Secret load_or_make_installation_key(const std::string& file);

} // namespace kedge
