// Asks the API server of the cluster: Secrets are read, Leases are read, made and updated. One request for each call,
// with the token as its file is at that moment. Leaves pacing and repeats to the client, and what answers are for to
// others.
#pragma once
#include "io/http_client.h"
#include "io/secret_store.h"
#include "kube/kube_objects.h"
#include "kube/kube_place.h"

#include <optional>
#include <string>

namespace kedge {

// All throw Failure: retry where the API server did not answer, is busy or does not know the token (the kubelet renews
// it), wait_for_change where kedge may not, or there is no such namespace.
class KubeApi final {
public:
    // `client`: its base URL is that of the place.
    KubeApi(HttpClient& client, KubePlace place);

    // Of the namespace that kedge runs in. One that is not there is a Failure(wait_for_change).
    Task<KubeSecret> secret(std::string name);
    // Nothing: there is none.
    Task<std::optional<KubeLease>> lease(std::string space, std::string name);
    // As it is now. Nothing: somebody else made one.
    Task<std::optional<KubeLease>> create(KubeLease lease);
    // As it is now. Nothing: it moved since, or is gone. A Failure leaves open whether it was written.
    Task<std::optional<KubeLease>> update(KubeLease lease);
    const KubePlace& place() const { return place_; }

private:
    struct Subject;
    Task<HttpResponse> ask(HttpRequest request, const Subject& subject);
    Task<HttpOutcome> send_once(HttpRequest request, const Secret& token);

    HttpClient& client_;
    KubePlace place_;
    SecretStore files_;
};

} // namespace kedge
