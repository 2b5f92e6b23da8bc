// What every control plane of the sandbox stands on: who may call, what is registered, faults, the audit, the clock.
// Knows no product: which requests there are and what they mean is said by a ControlPlane.
#pragma once
#include "base/duration.h"
#include "base/http_message.h"
#include "sandbox/audit.h"
#include "sandbox/faults.h"
#include "sandbox/people.h"
#include "sandbox/registry.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kedge::sandbox {

struct PlaneOptions {
    std::string tenant = "acme";
    std::uint64_t seed = 1; // of ids
    std::function<std::int64_t()>
        now_ms;             // empty: a clock that starts in March 2026 and moves by a millisecond per look
    std::string state_file; // SQLite; empty: memory only
    std::size_t audit_entries = 1000;
    std::string base_path; // what stands before every path: "/behind/a/proxy"; empty: nothing
};

class Ground final {
public:
    // Throws Failure(stop) where the state file cannot be used, or holds the state of another API.
    Ground(const std::string& api, PlaneOptions options);

    const PlaneOptions& options() const { return options_; }
    std::int64_t now_ms();
    People& people() { return people_; }
    Faults& faults() { return faults_; }
    Audit& audit() { return audit_; }
    Registry& registry() { return registry_; }
    const Registry& registry() const { return registry_; }
    // Without base path and query; nothing where the target lies outside.
    std::string_view path_of(std::string_view target) const;
    void clear(); // no servers, faults, audit; tokens stay

private:
    PlaneOptions options_;
    People people_;
    Faults faults_;
    Audit audit_;
    Registry registry_;
    std::int64_t counted_ms_;
};

} // namespace kedge::sandbox
