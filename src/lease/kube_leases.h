// One lease for everything as a Lease of Kubernetes: one writer, and others that stand by. Its holder is the name of the
// process, its transitions are the term, its resourceVersion is the turn.
#pragma once
#include "kube/kube_api.h"
#include "lease/lease_table.h"

#include <functional>
#include <optional>
#include <string>

namespace kedge {

class KubeLeases final : public LeaseTable {
public:
    // `api`: throws Failure where there is none; asked each time. `space` empty: the one that kedge runs in.
    // `now`: the wall, for those who look at the Lease; nobody decides by it.
    KubeLeases(std::function<KubeApi&()> api, std::string space, std::string name, Milliseconds duration,
               std::function<UnixSeconds()> now);

    Task<LeaseView> look(Member me) override;
    Task<std::vector<bool>> swap(std::vector<LeaseSwap> swaps) override;
    Task<void> forget(std::vector<std::string> members) override;

private:
    void take(std::optional<KubeLease> lease);
    Task<bool> swap_one(LeaseSwap swap);

    std::function<KubeApi&()> api_;
    std::string space_;
    std::string name_;
    Milliseconds duration_;
    std::function<UnixSeconds()> now_;
    std::optional<KubeLease> lease_; // as it was seen last
    LeaseRow row_;
};

} // namespace kedge
