#include "kube/own_cluster.h"

#include "base/failure.h"

namespace kedge {

OwnCluster::OwnCluster(const std::map<std::string, std::string>& environment, Clock& clock, Stop* stop)
    : environment_(environment), clock_(clock), stop_(stop) {}

KubeApi& OwnCluster::api() {
    if (api_) return *api_;
    const auto place = kube_place(environment_);
    if (!place) {
        throw Failure(NextAction::wait_for_change,
                      "kubernetes: find the API server: kedge runs in no cluster (KUBERNETES_SERVICE_HOST is not set)");
    }
    auto http = std::make_unique<BeastClient>(kube_client_options(*place), stop_);
    // Somebody waits for the answer: an API server that is restarted is waited for, one that is away is not.
    PatientOptions patience;
    patience.concurrency = 4;
    patience.most_attempts = 3;
    patience.most_connects = 3;
    patience.backoff.first = Milliseconds(250);
    patience.most_wait = Milliseconds(5'000);
    auto patient = std::make_unique<PatientClient>(*http, clock_, patience, stop_);
    api_ = std::make_unique<KubeApi>(*patient, *place);
    patient_ = std::move(patient);
    http_ = std::move(http);
    return *api_;
}

} // namespace kedge
