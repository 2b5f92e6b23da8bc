// One lease for everything as a Lease of Kubernetes: one writer, and others that stand by. Its holder is the name of
// the process, its transitions are the term, its resourceVersion is the turn.
#pragma once
#include "kube/kube_api.h"
#include "lease/lease_table.h"
#include "lease/own_turn.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace kedge {

// Which Lease, and what stands in it for people: nobody decides by that.
struct KubeLeaseNamed {
    std::string space; // empty: where kedge runs
    std::string name;
    Milliseconds duration;
    std::function<UnixSeconds()> now; // the wall
    // A Lease that is there is about to be taken. Throws Failure: then it is not. Null: as below.
    std::function<Task<void>(LeaseTaking taking)> takes{};
    // The Lease of this uid is taken for this term, and nothing was done under it yet. Throws Failure: then it is taken
    // anew. Null: nobody wants to know.
    std::function<Task<void>(std::string uid, std::int64_t term)> taken{};
};

class KubeLeases final : public LeaseTable {
public:
    // `api`: throws Failure where there is none; asked each time.
    KubeLeases(std::function<KubeApi&()> api, KubeLeaseNamed named) : api_(std::move(api)), named_(std::move(named)) {}

    Task<LeaseView> look(Member me) override;
    Task<std::vector<bool>> swap(std::vector<LeaseSwap> swaps) override;
    Task<void> forget(std::vector<std::string> members) override;

private:
    void take(std::optional<KubeLease> lease);
    Task<bool> swap_one(LeaseSwap swap);

    std::function<KubeApi&()> api_;
    KubeLeaseNamed named_;
    std::optional<KubeLease> lease_; // as it was seen last
    LeaseRow row_;
    std::optional<UnixSeconds> wall_; // of another one that has just written it
};

} // namespace kedge
