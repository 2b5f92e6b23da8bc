#include "plan/equal.h"

#include "model/marker.h"
#include "plan/changes.h"

#include <algorithm>

namespace kedge {

namespace {

// The control plane hides a secret, and the last word on it was not ours.
bool hides_unknown_secret(const Candidate& pair, bool secret_unknown) {
    if (!pair.live->masked && !secret_unknown) return false;
    const auto* owned = pair.owned;
    if (owned == nullptr || owned->sent.empty() || owned->sent != pair.desired->entry->desired) return true;
    if (owned->version.empty()) return true; // adopted, never written
    return !pair.live->version.empty() && owned->version != pair.live->version;
}

Finding other_keeper(const Candidate& pair) {
    const auto marker = read_marker(pair.live->marker, pair.live->name).value_or(Marker{});
    Finding finding;
    finding.severity = Severity::warning;
    finding.place = {pair.desired->file->path, pair.desired->entry->line, 0};
    finding.name = pair.live->name;
    finding.message = "\"" + finding.name + "\" is live and equal, but managed by another installation of kedge (\"" +
                      marker.installation + "\", unit \"" + marker.unit + "\"): left alone";
    finding.hint = "declare it in one of the two, or take the tag kedge off it in the control plane";
    return finding;
}

bool may_adopt(const PlanInput& input, const Candidate& pair) {
    if (input.us.is_stranger() || input.elsewhere.contains(pair.live->name)) return false;
    return pair.ownership == Ownership::foreign && (input.description.can.names_unique || is_named_for_adoption(pair));
}

bool carries_our_marker(const PlanInput& input, const LiveEntry& live) {
    return !live.marker.empty() && marked_unit(live, input.us) == input.us.unit;
}

OwnedEntry new_entry(const PlanInput& input, const LiveEntry& live) {
    OwnedEntry entry;
    entry.name = live.name;
    entry.type = live.type;
    entry.remote_id = live.remote_id;
    entry.version = live.version;
    entry.marked = carries_our_marker(input, live);
    return entry;
}

} // namespace

std::optional<OwnedEntry> declared_entry(const PlanInput& input, const Candidate& pair) {
    const auto& desired = *pair.desired->entry;
    OwnedEntry entry;
    if (pair.owned != nullptr) {
        entry = *pair.owned;
        if (!entry.marked) entry.marked = carries_our_marker(input, *pair.live);
        // An entry of an older ledger, or one that was taken over by name and is equal now: what moves from here on is
        // told apart from what git says today.
        if (entry.hidden.empty() && (entry.sent.empty() || entry.sent == desired.desired))
            entry.hidden = desired.hidden;
    } else {
        entry = new_entry(input, *pair.live);
        entry.commit = input.revision.id;
        entry.blob_id = pair.desired->file->blob_id;
        // Both sides are equal now: what moves from here on is told apart as if we had written it. The version stays
        // empty, so a hidden secret stays unknown.
        entry.sent = desired.desired;
        entry.hidden = desired.hidden;
        entry.answered = pair.live->live;
        entry.version.clear();
    }
    entry.name = desired.name;
    entry.path = pair.desired->file->path;
    entry.prune_never = desired.prune_never;
    entry.undeclared = 0;
    if (entry.declared == 0) entry.declared = input.now;
    if (pair.owned != nullptr && entry == *pair.owned) return std::nullopt;
    return entry;
}

OwnedEntry undeclared_entry(const PlanInput& input, const Candidate& live_only) {
    OwnedEntry entry = live_only.owned != nullptr ? *live_only.owned : new_entry(input, *live_only.live);
    if (live_only.owned == nullptr) {
        // Somebody registered it anew, with our marker: what its manifest said last holds for it as well.
        const auto before = input.ledger.owned.find(entry.name);
        entry.prune_never = before != input.ledger.owned.end() && before->second.prune_never;
    }
    if (entry.undeclared == 0) entry.undeclared = input.now;
    return entry;
}

void take_equal(const PlanInput& input, const Candidate& pair, bool secret_unknown, Planned& planned) {
    auto& counts = planned.plan.counts;
    if (pair.ownership == Ownership::other_installation && !input.us.is_stranger()) {
        planned.plan.live_only_names.push_back(pair.live->name);
        planned.plan.findings.push_back(other_keeper(pair));
        return;
    }
    ++counts.equal;
    const bool unreadable = input.unreadable.contains(pair.desired->entry->name);
    if (unreadable || hides_unknown_secret(pair, secret_unknown)) ++counts.secrets_unknown;
    const bool adopted = may_adopt(input, pair);
    if (!adopted && pair.ownership != Ownership::ours) return;
    if (adopted) ++counts.adopted;
    auto entry = declared_entry(input, pair);
    if (!entry) return;
    if (pair.owned == nullptr)
        planned.adopt.push_back(std::move(*entry));
    else
        planned.undeclared.push_back(std::move(*entry));
}

} // namespace kedge
