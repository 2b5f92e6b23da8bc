#include "plan/ownership.h"

#include "model/marker.h"

namespace kedge {

namespace {

bool names_installation(std::string_view marker, std::string_view installation) {
    return marker.size() > installation.size() && marker.substr(0, installation.size()) == installation &&
           marker[installation.size()] == '.';
}

} // namespace

Ownership ownership_of(const LiveEntry& live, const OwnedEntry* owned, const UnitIdentity& us) {
    const bool listed = owned != nullptr && !us.is_stranger();
    const auto otherwise = listed ? Ownership::ours : Ownership::foreign;
    if (live.marker.empty()) return otherwise;
    if (listed && names_installation(live.marker, us.installation)) return Ownership::ours;
    const auto marker = read_marker(live.marker, live.name);
    if (!marker || !marker->fits) return otherwise;
    const bool named = !us.is_stranger() && marker->installation == us.installation;
    return named ? Ownership::ours : Ownership::other_installation;
}

Ownership ownership_of(const LiveEntry& live, const LedgerState& ledger, const UnitIdentity& us) {
    OwnedById by_id(ledger);
    return ownership_of(live, by_id.find(live.remote_id), us);
}

std::string marked_unit(const LiveEntry& live, const UnitIdentity& us) {
    if (us.is_stranger() || !names_installation(live.marker, us.installation)) return {};
    const auto marker = read_marker(live.marker, live.name);
    return marker && marker->fits ? marker->unit : std::string();
}

const OwnedEntry* OwnedById::find(std::string_view remote_id) {
    if (!ready_) {
        by_id_.reserve(ledger_.owned.size());
        for (const auto& [name, entry] : ledger_.owned) {
            if (!entry.remote_id.empty()) by_id_.emplace(entry.remote_id, &entry);
            for (const auto& id : entry.superseded) by_id_.emplace(id, &entry);
        }
        ready_ = true;
    }
    const auto found = by_id_.find(remote_id);
    return found == by_id_.end() ? nullptr : found->second;
}

} // namespace kedge
