// What must hold for any bytes that come as an object of a cluster: a bounded value that can be written again, or a
// reason.
#pragma once
#include "kube/kube_objects.h"
#include "tests/fuzz/checks.h"

#include <stdexcept>
#include <string_view>

namespace kedge::fuzz {

inline void check_kube_object(std::string_view text) {
    try {
        for (const auto& [key, value] : read_kube_secret(text).data) must(value.reveal().size() <= text.size());
    } catch (const std::invalid_argument& wrong) {
        must(*wrong.what() != '\0');
    }
    try {
        auto lease = read_kube_lease(text);
        must(lease.holder.size() <= 1024 && lease.duration_seconds >= 0 && lease.transitions >= 0);
        const auto again = read_kube_lease(kube_lease_body(lease));
        must(again.holder == lease.holder && again.version == lease.version && again.renewed == lease.renewed);
        must(again.name == lease.name && again.space == lease.space);
    } catch (const std::invalid_argument& wrong) {
        must(*wrong.what() != '\0');
    }
}

} // namespace kedge::fuzz
