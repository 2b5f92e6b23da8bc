// The two kinds of objects that kedge knows of in a cluster, as values: Secrets, which it only reads, and Leases. Pure:
// reading answers and writing bodies, nothing is sent here.
#pragma once
#include "base/duration.h"
#include "base/json.h"
#include "base/secret.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace kedge {

struct KubeSecret {
    std::map<std::string, Secret> data; // by key, decoded
};

// coordination.k8s.io/v1 Lease. Times are text as the API writes them (kube_time): members compare them with each other
// for having moved, never with their own clock.
struct KubeLease {
    std::string space; // namespace
    std::string name;
    std::string version; // resourceVersion: an update fails where it moved; empty: a new one
    std::string holder;  // empty: nobody
    std::int64_t duration_seconds = 0;
    std::string acquired;
    std::string renewed;
    std::int64_t transitions = 0;
    Json document = Json::object(); // as it was read: what others keep in it stays

    bool operator==(const KubeLease&) const = default;
};

// Throw std::invalid_argument with the reason; never quote a value of a Secret.
KubeSecret read_kube_secret(std::string_view body);
KubeLease read_kube_lease(std::string_view body);

// The body of a create or an update: `document` with the fields of the value in it.
std::string kube_lease_body(const KubeLease& lease);

// 2026-03-01T12:00:00.000250Z
std::string kube_time(UnixSeconds seconds, std::int64_t microseconds);

// A name as Kubernetes allows it for objects and for keys of Secrets.
bool is_kube_name(std::string_view name);
bool is_kube_key(std::string_view key);

} // namespace kedge
