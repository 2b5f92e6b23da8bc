// The API of the cluster that kedge runs in, with all that stands between it and the wire; made when it is first
// needed, so that outside of a cluster nothing is missing until something asks.
#pragma once
#include "io/beast_client.h"
#include "io/patient_client.h"
#include "kube/kube_api.h"

#include <map>
#include <memory>
#include <string>

namespace kedge {

class OwnCluster final {
public:
    // `environment` and the rest outlive it.
    OwnCluster(const std::map<std::string, std::string>& environment, Clock& clock, Stop* stop);
    // Throws Failure(wait_for_change) where kedge runs in no cluster, or has no service account there.
    KubeApi& api();

private:
    const std::map<std::string, std::string>& environment_;
    Clock& clock_;
    Stop* stop_;
    std::unique_ptr<BeastClient> http_;
    std::unique_ptr<PatientClient> patient_;
    std::unique_ptr<KubeApi> api_;
};

} // namespace kedge
