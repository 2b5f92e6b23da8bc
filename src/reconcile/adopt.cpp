// What a person decides for the ledger: that a registration is ours, that a unit stays at a commit.
#include "base/failure.h"
#include "reconcile/unit.h"

#include <algorithm>

namespace kedge {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& cause) {
    throw Failure(NextAction::stop, "adopt: take \"" + name + "\": " + cause);
}

} // namespace

Task<std::string> Unit::adopt(std::string name, std::string id) {
    const auto look = co_await this->look();
    const auto& all = live_.entries();
    const auto is_meant = [&](const LiveEntry& entry) {
        return entry.name == name && (id.empty() || entry.remote_id == id);
    };
    const auto live = std::find_if(all.begin(), all.end(), is_meant);
    if (std::count_if(all.begin(), all.end(), is_meant) > 1) {
        std::string ids;
        for (const auto& entry : all) {
            if (is_meant(entry)) ids += (ids.empty() ? "" : ", ") + entry.remote_id;
        }
        refuse(name, "several live registrations have this name; say which one: --id ID (" + ids + ")");
    }
    if (live == all.end()) {
        refuse(name, id.empty() ? "nothing of that name is live; `kedge plan` names what is"
                                : "nothing of that name has the id \"" + id + "\"");
    }
    const auto entry = std::find_if(look.desired.begin(), look.desired.end(),
                                    [&](const DesiredEntry& desired) { return desired.entry->name == name; });
    if (entry == look.desired.end())
        refuse(name, "no valid manifest of this unit declares it, so kedge would delete it; commit one first");
    const auto owned = look.ledger.owned.find(name);
    if (owned != look.ledger.owned.end() && owned->second.remote_id == live->remote_id)
        refuse(name, "it belongs to this unit already");
    if (ownership_of(*live, nullptr, settings_.us) == Ownership::other_installation)
        refuse(name, "it carries the marker of another installation of kedge (\"" + live->marker +
                         "\"); take the tag kedge off it in the control plane first");
    // Nothing is known to be sent: what differs is shown as the first comparison, under the limits, with all holds but
    // `foreign`.
    OwnedEntry entry_of_ours;
    entry_of_ours.name = name;
    entry_of_ours.type = live->type;
    entry_of_ours.remote_id = live->remote_id;
    entry_of_ours.path = entry->file->path;
    entry_of_ours.declared = parts_.clock.now();
    LedgerBatch batch;
    batch.adopt.push_back(std::move(entry_of_ours));
    // A create that may have been sent is settled by that.
    for (const auto& intent : look.ledger.open) {
        if (intent.name != name) continue;
        IntentOutcome outcome;
        outcome.id = intent.id;
        batch.outcomes.push_back(std::move(outcome));
    }
    auto key = ledger_key();
    auto remote_id = live->remote_id;
    co_await parts_.ledger.commit(std::move(key), std::move(batch));
    co_return remote_id;
}

Task<void> Unit::stay_at(std::string commit) {
    auto key = ledger_key();
    const auto ledger = co_await parts_.ledger.load(std::move(key));
    LedgerBatch batch;
    batch.pins = ledger.pins;
    batch.pins->commit = std::move(commit);
    auto again = ledger_key();
    co_await parts_.ledger.commit(std::move(again), std::move(batch));
}

Task<std::string> Unit::stayed_at() {
    auto key = ledger_key();
    const auto ledger = co_await parts_.ledger.load(std::move(key));
    co_return ledger.pins.commit;
}

} // namespace kedge
