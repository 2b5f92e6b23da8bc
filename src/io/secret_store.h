// Where secret references get their values: environment and files, only those that the unit's allow list names.
#pragma once
#include "base/secret.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

class SecretStore final {
public:
    // `allowed`: entries "env:NAME" (globs in NAME allowed) and "file:PATH" (globs allowed; the path is judged after
    // resolving
    // "..", and a symlink may not leave an allowed pattern). `key`: installation_key for fingerprints; empty: none.
    SecretStore(std::vector<std::string> allowed, std::map<std::string, std::string> environment, Secret key);

    bool allows(const std::string& scheme, const std::string& name) const;
    // Throws Failure(wait_for_change) for a reference that is not allowed, absent or unreadable; files lose one
    // trailing newline, are read anew each time and may be at most 64 KiB.
    Secret value(const std::string& scheme, const std::string& name) const;
    // Keyed fingerprint of a value (hex); nothing where there is no key or no value: unknown, never a change.
    std::optional<std::string> fingerprint(const std::string& scheme, const std::string& name) const;

private:
    std::vector<std::string> allowed_;
    std::map<std::string, std::string> environment_;
    Secret key_;
};

} // namespace kedge
