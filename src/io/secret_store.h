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
    // `allowed`: entries "env:NAME" (globs in NAME allowed) and "file:PATH" (an absolute path, globs allowed; it is
    // judged after resolving "..", and a symlink may not leave an allowed pattern, except into the data folders of a
    // Kubernetes mount). `key`: installation_key for fingerprints; empty: none. Throws Failure(stop) for an entry that
    // is neither.
    SecretStore(std::vector<std::string> allowed, std::map<std::string, std::string> environment, Secret key);

    // One that never reads a value: nothing is a problem, every fingerprint is unknown, `value` throws Failure(stop).
    // For those who look at what strangers wrote.
    static SecretStore blind();

    bool allows(const std::string& scheme, const std::string& name) const;
    // Throws Failure(wait_for_change) for a reference that is not allowed, absent, empty or unreadable; files lose one
    // trailing newline, are read anew each time and may be at most 64 KiB.
    Secret value(const std::string& scheme, const std::string& name) const;
    // Why `value` would throw; empty: it would not.
    std::string problem(const std::string& scheme, const std::string& name) const;
    // Keyed fingerprint of a value (hex); nothing where there is no key or no value: unknown, never a change.
    std::optional<std::string> fingerprint(const std::string& scheme, const std::string& name) const;

private:
    Secret file_value(const std::string& name) const;
    std::vector<std::string> allowed_;
    std::map<std::string, std::string> environment_;
    Secret key_;
    bool blind_ = false;
};

} // namespace kedge
