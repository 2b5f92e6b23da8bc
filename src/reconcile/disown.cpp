// Letting go: markers come off only where that changes nothing else, then the ledger forgets.
#include "base/failure.h"
#include "model/marker.h"
#include "plan/compare.h"
#include "reconcile/unit.h"

#include <algorithm>

namespace kedge {

namespace {

bool asked_for(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

// A marker comes off by a PUT of the git document, which is only the same registration where live equals git and no
// secret of it is hidden; and only where the control plane says so in a dry run.
Task<bool> Unit::take_marker_off(const Look& look, const LiveEntry& live) {
    const auto entry = std::find_if(look.desired.begin(), look.desired.end(),
                                    [&](const DesiredEntry& e) { return e.entry->name == live.name; });
    if (entry == look.desired.end() || live.masked) co_return false;
    const auto& changes = look.planned.plan.changes;
    const bool differs =
        std::any_of(changes.begin(), changes.end(), [&](const Change& c) { return c.name == live.name; });
    if (differs) co_return false;
    std::vector<DesiredEntry> wanted{*entry};
    auto resources = co_await desired_.documents(std::move(wanted));
    auto& resource = resources.at(live.name);
    if (!resource.references.empty()) co_return false;
    Operation operation;
    operation.kind = OperationKind::rehearse;
    operation.remote_id = live.remote_id;
    operation.name = live.name;
    operation.type = live.type;
    operation.document = std::move(resource.document);
    operation.live_version = live.version;
    auto check = operation;
    std::vector<SecretReference> none;
    const auto rehearsed = co_await parts_.provider.perform(std::move(check), std::move(none));
    const auto* would_be = std::get_if<Done>(&rehearsed);
    if (would_be == nullptr || !would_be->document || live_.digest(*would_be->document, rules_of(*entry)) != live.live)
        co_return false;
    operation.kind = OperationKind::update;
    std::vector<SecretReference> still_none;
    const auto answer = co_await parts_.provider.perform(std::move(operation), std::move(still_none));
    co_return std::holds_alternative<Done>(answer);
}

Task<Unit::Disowned> Unit::disown(std::vector<std::string> names) {
    Disowned result;
    const auto look = co_await this->look();
    LedgerBatch batch;
    for (const auto& [name, owned] : look.ledger.owned) {
        const auto* live = live_.find_id(owned.remote_id);
        const bool there = live != nullptr || (live_.has(name) && owned.remote_id.empty());
        if (there || !asked_for(names, name)) continue;
        result.forgotten.push_back(name); // not live any more
        batch.forget.push_back(name);
    }
    for (const auto& live : live_.entries()) {
        const auto marker = read_marker(live.marker, live.name);
        const bool marked = marker && marker->fits && marker->installation == settings_.us.installation &&
                            marker->unit == settings_.us.unit;
        const auto entry = look.ledger.owned.find(live.name);
        const bool owned = entry != look.ledger.owned.end() &&
                           (entry->second.remote_id == live.remote_id || entry->second.remote_id.empty());
        if ((!marked && !owned) || !asked_for(names, live.name)) continue;
        result.forgotten.push_back(live.name);
        batch.forget.push_back(live.name);
        if (!marked) continue;
        const bool taken_off = co_await take_marker_off(look, live);
        if (taken_off) {
            result.unmarked.push_back(live.name);
        } else {
            result.marker_left.push_back(live.name);
        }
    }
    auto key = ledger_key();
    if (names.empty()) {
        co_await parts_.ledger.drop(std::move(key));
    } else if (!batch.empty()) {
        co_await parts_.ledger.commit(std::move(key), std::move(batch));
    }
    co_return result;
}

} // namespace kedge
