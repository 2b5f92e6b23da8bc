// Findings of check(), each at its line, and what is the same for every control plane that registers remote servers
// alone: the fields of a manifest that have no place there.
#pragma once
#include "model/finding.h"
#include "model/resource.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

class ManifestFindings {
public:
    ManifestFindings(const Resource& resource, std::string product)
        : resource_(resource), product_(std::move(product)) {}

    void error(const std::string& pointer, std::string message, std::string hint);
    void warning(const std::string& pointer, std::string message, std::string hint);
    // A type other than mcp-server/remote; false then, and nothing else is worth checking.
    bool check_type();
    // Errors where the loss would change what the registration does, warnings where it is harmless. `known` are the
    // fields that the caller looks after.
    void check_lost_fields(const std::vector<std::string_view>& known);
    // A key of an own block that is none of `known`.
    void unknown_key(const std::string& pointer, const std::string& key, const std::vector<std::string>& known);

    const std::string& product() const { return product_; }
    std::vector<Finding> take() { return std::move(findings_); }

private:
    void add(Severity severity, const std::string& pointer, std::string message, std::string hint);
    void lost(const std::string& key, const Json& value);
    void lost_everywhere(const std::string& key);

    const Resource& resource_;
    std::string product_;
    std::vector<Finding> findings_;
};

// The control plane's own block of a manifest, where its check looks for it; null where there is none.
const Json& own_block(const Resource& resource, const std::string& name);

} // namespace kedge
