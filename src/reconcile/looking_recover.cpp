// The part of a look that knows what a list alone does not tell: writes that may have been sent, names that the list
// may not show, and what live registrations wait for.
#include "base/failure.h"
#include "io/run.h"
#include "model/marker.h"
#include "plan/changes.h"
#include "plan/compare.h"
#include "reconcile/looking.h"

#include <algorithm>
#include <tuple>

namespace kedge {

namespace {

OwnedEntry owned_as(const LiveEntry& live, const Intent& intent, OwnedEntry before) {
    OwnedEntry owned = std::move(before);
    owned.name = intent.name;
    owned.type = live.type; // of a replacement that never went out, it is the old one
    owned.remote_id = live.remote_id;
    owned.declared = intent.at;
    owned.prune_never = intent.prune_never;
    return owned;
}

} // namespace

// An intent without an outcome may have been sent. What is live decides; where it does not, the intent stays open and
// holds the name as `unsure`.
Task<void> Looking::recover_open_intents() {
    const auto& can = unit_.parts_.provider.dialect().describe().can;
    std::vector<Intent> undecided;
    for (const auto& intent : look_.ledger.open) {
        IntentOutcome outcome;
        outcome.id = intent.id;
        bool decided = false;
        if (can.names_unique && can.list) {
            decided = recover_by_name(intent, outcome);
        } else {
            decided = co_await recover_by_id(intent, outcome);
        }
        if (!decided) {
            undecided.push_back(intent);
            continue;
        }
        auto& owned = look_.ledger.owned;
        if (outcome.owned) owned[intent.name] = *outcome.owned;
        const auto entry = owned.find(intent.name);
        if (outcome.forget && entry != owned.end() && lets_go_of_name(entry->second, intent.remote_id))
            owned.erase(entry);
        owned_by_id_.emplace(look_.ledger);
        if (outcome.free_release) look_.ledger.spent.erase(intent.release_entry);
        look_.bookkeeping.outcomes.push_back(std::move(outcome));
    }
    look_.ledger.open = std::move(undecided);
}

// What is live is still the very thing that the write was meant to change. Where a version says that somebody wrote
// since, it may have been us, in a field that the control plane hides.
bool Looking::never_arrived(const Intent& intent, const LiveEntry& live) const {
    const auto known = look_.ledger.owned.find(intent.name);
    const auto version = known == look_.ledger.owned.end() ? std::string() : known->second.version;
    if (!version.empty() && !live.version.empty() && version != live.version) return false;
    const auto& can = unit_.parts_.provider.dialect().describe().can;
    const auto identity = identity_of(can, intent.name, live.remote_id);
    return change_digest(target_.key(), intent.action, identity, intent.desired, live.live) == intent.change;
}

// Names are unique: the row of that name is the one.
bool Looking::recover_by_name(const Intent& intent, IntentOutcome& outcome) {
    const auto* live = unit_.live_.find(intent.name);
    if (intent.action == Action::remove) {
        outcome.forget = live == nullptr;
        outcome.free_release = live != nullptr;
        return true;
    }
    if (live == nullptr) {
        outcome.free_release = true;
        return true;
    }
    const auto marker = read_marker(live->marker, live->name);
    const auto& us = unit_.settings_.us;
    const bool marked = marker && marker->fits && marker->installation == us.installation && marker->unit == us.unit;
    const auto before = look_.ledger.owned.find(intent.name);
    const bool known = before != look_.ledger.owned.end() && before->second.remote_id == live->remote_id;
    outcome.free_release = never_arrived(intent, *live);
    if (marked || known || live->live == intent.desired) {
        outcome.owned = owned_as(*live, intent, known ? before->second : OwnedEntry{});
        outcome.owned->marked = marked;
    }
    return true;
}

Task<bool> Looking::recover_by_id(const Intent& intent, IntentOutcome& outcome) {
    if (intent.action == Action::create || intent.action == Action::replace)
        co_return co_await recover_create(intent, outcome);
    const auto& can = unit_.parts_.provider.dialect().describe().can;
    const auto* live = unit_.live_.find_id(intent.remote_id);
    bool gone = live == nullptr;
    if (gone && can.get && (!can.list_has_total || can.list_may_hide_rows)) {
        OwnedEntry asked;
        asked.name = intent.name;
        asked.remote_id = intent.remote_id;
        gone = co_await is_gone(asked);
    }
    if (intent.action == Action::remove) {
        // What cannot be looked at may be gone or not: it is deleted again, which does no harm.
        outcome.forget = gone && (can.list || can.get);
        outcome.free_release = !gone;
        co_return true;
    }
    const auto before = look_.ledger.owned.find(intent.name);
    const bool known = before != look_.ledger.owned.end() && before->second.remote_id == intent.remote_id;
    outcome.free_release = gone || (live != nullptr && never_arrived(intent, *live));
    if (!gone && live != nullptr && (known || live->live == intent.desired))
        outcome.owned = owned_as(*live, intent, known ? before->second : OwnedEntry{});
    co_return true;
}

// Exactly one row of that name that was not there before, and equals what was sent, is what was created.
Task<bool> Looking::recover_create(const Intent& intent, IntentOutcome& outcome) {
    std::vector<const LiveEntry*> fresh;
    for (const auto& live : unit_.live_.entries()) {
        const auto& known = intent.known_ids;
        if (live.name != intent.name || std::find(known.begin(), known.end(), live.remote_id) != known.end()) continue;
        const auto* owned = owned_by_id_->find(live.remote_id);
        if (owned == nullptr || owned->name == intent.name) fresh.push_back(&live);
    }
    const auto before = look_.ledger.owned.find(intent.name);
    const auto* old = before == look_.ledger.owned.end() ? nullptr : &before->second;
    if (fresh.size() == 1) {
        const bool equal = co_await equals_git(*fresh.front(), intent);
        if (equal) {
            auto owned = owned_as(*fresh.front(), intent, OwnedEntry{});
            owned.sent = intent.desired;
            owned.answered = fresh.front()->live;
            const auto* entry = declared(intent.name);
            if (entry != nullptr && entry->entry->desired == intent.desired) owned.hidden = entry->entry->hidden;
            if (old != nullptr) {
                owned.path = old->path;
                owned.superseded = old->superseded;
                const bool followed =
                    old->remote_id != owned.remote_id && unit_.live_.find_id(old->remote_id) != nullptr;
                if (followed) owned.superseded.push_back(old->remote_id);
            }
            outcome.owned = std::move(owned);
            co_return true;
        }
    }
    if (declared(intent.name) != nullptr) co_return false;
    Finding finding;
    finding.severity = Severity::warning;
    finding.name = intent.name;
    finding.message = "a create of \"" + intent.name + "\" of " + format_utc(intent.at) +
                      " may have been sent, and git does not declare it any more: nobody looks after it";
    finding.hint = "look in the control plane whether it is there";
    recovered_.push_back(std::move(finding));
    co_return true;
}

Task<bool> Looking::equals_git(const LiveEntry& live, const Intent& intent) {
    if (live.live == intent.desired) co_return true;
    const auto* entry = declared(intent.name);
    auto document = unit_.live_.document(live.remote_id);
    if (entry == nullptr || entry->entry->desired != intent.desired || !document.is_object()) co_return false;
    std::vector<DesiredEntry> wanted{*entry};
    const auto resources = co_await unit_.desired_.documents(std::move(wanted));
    const auto& resource = resources.at(intent.name);
    std::vector<std::string> references;
    for (const auto& reference : resource.references) references.push_back(reference.pointer);
    const auto desired = unit_.parts_.provider.dialect().canonical(resource.document);
    co_return !compare(desired, document, unit_.rules_of(*entry), references).differs;
}

// Where the list may not show everything, a name that is about to be created is looked up.
Task<void> Looking::look_up_creates() {
    const auto& can = unit_.parts_.provider.dialect().describe().can;
    const bool sure = can.list && can.list_has_total;
    if (sure || !can.find_by_name || (can.list && can.name_lookup_is_list)) co_return;
    std::vector<std::string> names;
    for (const auto& desired : look_.desired) {
        if (!unit_.live_.has(desired.entry->name)) names.push_back(desired.entry->name);
    }
    std::vector<LiveDocument> found;
    std::function<Task<void>(std::size_t)> job = [this, &names, &found](std::size_t i) -> Task<void> {
        Operation operation;
        operation.kind = OperationKind::find_by_name;
        operation.name = names[i];
        std::vector<SecretReference> none;
        auto answer = co_await unit_.parts_.provider.perform(std::move(operation), std::move(none));
        if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
        auto* done = std::get_if<Done>(&answer);
        if (done != nullptr && done->document) found.push_back(std::move(*done->document));
    };
    const auto width =
        static_cast<std::size_t>(std::max(1, unit_.parts_.provider.dialect().describe().pacing.concurrency));
    const auto count = names.size();
    co_await for_each_index(count, width, std::move(job));
    const auto lookups = this->lookups();
    unit_.live_.add(found, lookups);
}

void Looking::note_conditions() {
    auto& conditions = look_.planned.plan.conditions;
    for (const auto& live : unit_.live_.entries()) {
        if (live.condition.is_quiet()) continue;
        if (declared(live.name) == nullptr && owned_by_id_->find(live.remote_id) == nullptr) continue;
        conditions.push_back({live.name, live.remote_id, live.condition});
    }
    std::sort(conditions.begin(), conditions.end(), [](const LiveCondition& a, const LiveCondition& b) {
        return std::tie(a.name, a.remote_id) < std::tie(b.name, b.remote_id);
    });
}

} // namespace kedge
