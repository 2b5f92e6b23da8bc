// Where the API server of the cluster is that kedge runs in, and what kedge is known by there: the environment and the
// folder of the service account, as every pod has them.
#pragma once
#include "io/beast_client.h"

#include <map>
#include <optional>
#include <string>

namespace kedge {

struct KubePlace {
    std::string url;        // https://host:port
    std::string own;        // the namespace that kedge runs in
    std::string token_file; // renewed by the kubelet: read anew for each request
    std::string ca_file;

    bool operator==(const KubePlace&) const = default;
};

// KUBERNETES_SERVICE_HOST and _PORT, and the folder of the service account: KEDGE_SERVICE_ACCOUNT, else where pods have
// it. Nothing: kedge runs in no cluster. Throws Failure(wait_for_change) where a pod has no service account.
std::optional<KubePlace> kube_place(const std::map<std::string, std::string>& environment);

// Never through a proxy; an answer within `longest` and 10 s, of at most 4 MiB.
BeastClientOptions kube_client_options(const KubePlace& place, Milliseconds longest = Milliseconds(10'000));

} // namespace kedge
