// Where secret references get their values: environment, files and Secrets of the cluster that kedge runs in, only
// those that the unit's allow list names.
#pragma once
#include "base/secret.h"
#include "io/task.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

// Secrets that another machine keeps: they are read ahead, and then at hand.
class ReadAheadSecrets {
public:
    struct Found {
        Secret value;
        std::string problem; // why there is none; empty: there is
    };
    virtual ~ReadAheadSecrets() = default;
    // Of names as they stand in references: "SECRET/KEY". What cannot be read is a problem of that name.
    virtual Task<void> read(std::vector<std::string> names) = 0;
    virtual Found get(const std::string& name) const = 0; // as it was read last
};

class SecretStore final {
public:
    // `allowed`: entries "env:NAME" (globs in NAME allowed), "file:PATH" (an absolute path, globs allowed; it is
    // judged after resolving "..", and a symlink may not leave an allowed pattern, except into the data folders of a
    // Kubernetes mount) and "k8s:SECRET/KEY" (globs allowed in both). `key`: installation_key for fingerprints; empty:
    // none. `cluster`: null: there are no Secrets. Throws Failure(stop) for an entry that is none of these.
    SecretStore(std::vector<std::string> allowed, std::map<std::string, std::string> environment, Secret key,
                std::shared_ptr<ReadAheadSecrets> cluster = nullptr);

    // One that never reads a value: nothing is a problem, every fingerprint is unknown, `value` throws Failure(stop).
    // For those who look at what strangers wrote.
    static SecretStore blind();

    bool allows(const std::string& scheme, const std::string& name) const;
    // Of references "SCHEME:NAME" those that have to be read ahead: without it `value` does not know them.
    Task<void> read_ahead(std::vector<std::string> references) const;
    // Throws Failure(wait_for_change) for a reference that is not allowed, absent, empty or unreadable; files lose one
    // trailing newline, are read anew each time and may be at most 64 KiB.
    Secret value(const std::string& scheme, const std::string& name) const;
    // Why `value` would throw; empty: it would not.
    std::string problem(const std::string& scheme, const std::string& name) const;
    // Keyed fingerprint of a value (hex); nothing where there is no key or no value: unknown, never a change.
    std::optional<std::string> fingerprint(const std::string& scheme, const std::string& name) const;

private:
    Secret file_value(const std::string& name) const;
    Secret cluster_value(const std::string& name) const;
    std::vector<std::string> allowed_;
    std::map<std::string, std::string> environment_;
    Secret key_;
    std::shared_ptr<ReadAheadSecrets> cluster_;
    bool blind_ = false;
};

} // namespace kedge
