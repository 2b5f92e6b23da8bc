// The part of a look that doubts: is this the tenant, the key and the list that the ledger was written for?
#include "base/failure.h"
#include "reconcile/looking.h"

#include <algorithm>

namespace kedge {

namespace {

// Names an installation key without giving it away.
std::string key_id(const Secret& key) {
    return hmac_sha256(key.reveal(), "kedge key id 1").hex().substr(0, 16);
}

} // namespace

// What the ledger was written under: another tenant stops the pass, another key only makes unknown what was sent.
Task<void> Looking::check_pins() {
    target_ = co_await unit_.identity();
    const auto& pinned = look_.ledger.pins;
    if (!pinned.tenant.empty() && pinned.tenant != target_.key()) {
        throw Failure(NextAction::stop,
                      "target \"" + unit_.settings_.target + "\": the control plane says it is \"" + target_.key() +
                          "\", but this unit has always written to \"" + pinned.tenant +
                          "\"; nothing was changed; check the token, or name a new unit for a new tenant");
    }
    const auto& description = unit_.parts_.provider.dialect().describe();
    const LedgerPins now{target_.key(), key_id(unit_.settings_.seal_key),
                         description.dialect + " " + std::to_string(description.version), pinned.commit};
    const bool other_key = !pinned.seal_key.empty() && pinned.seal_key != now.seal_key;
    for (auto& [name, owned] : look_.ledger.owned) {
        if (!other_key) break;
        // Sealed literals and fingerprints of another key cannot be told from changed ones.
        owned.sent = owned.answered = owned.hidden = Digest{};
        owned.fingerprints.clear();
        look_.bookkeeping.adopt.push_back(owned);
    }
    rules_moved_ = !pinned.rules.empty() && pinned.rules != now.rules;
    if (pinned != now) look_.bookkeeping.pins = now;
}

// What only newer rules want is asked about in every pass until it was released, and done.
void Looking::keep_old_rules_while_held() {
    const auto& changes = look_.planned.plan.changes;
    const bool waiting = std::any_of(changes.begin(), changes.end(), [](const Change& change) {
        return change.cause.kind == CauseKind::kedge_changed;
    });
    if (waiting && look_.bookkeeping.pins) look_.bookkeeping.pins->rules = look_.ledger.pins.rules;
}

// An owned id that the list no longer shows is gone only after the control plane says so by id.
Task<bool> Looking::is_gone(const OwnedEntry& owned) {
    Operation operation;
    operation.kind = OperationKind::get;
    operation.name = owned.name;
    operation.remote_id = owned.remote_id;
    std::vector<SecretReference> none;
    const auto answer = co_await unit_.parts_.provider.perform(std::move(operation), std::move(none));
    if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
    const auto* done = std::get_if<Done>(&answer);
    co_return done != nullptr && !done->document;
}

Task<void> Looking::confirm_gone() {
    std::vector<std::string> confirmed;
    if (!unit_.parts_.provider.dialect().describe().can.get) look_.planned.forget.clear();
    for (const auto& name : look_.planned.forget) {
        const auto owned = look_.ledger.owned.find(name);
        if (owned == look_.ledger.owned.end()) continue;
        const bool gone = co_await is_gone(owned->second);
        if (gone) confirmed.push_back(name);
    }
    look_.planned.forget = std::move(confirmed);
}

// Where a list shows a part by design, what is ours and not in it is asked for by its id: it is as live as the rest.
Task<void> Looking::look_up_hidden() {
    auto& provider = unit_.parts_.provider;
    const auto& can = provider.dialect().describe().can;
    if (!can.list_may_hide_rows || !can.get) co_return;
    std::vector<LiveDocument> found;
    for (const auto& [name, owned] : look_.ledger.owned) {
        auto ids = owned.superseded;
        ids.push_back(owned.remote_id);
        for (const auto& id : ids) {
            if (id.empty() || unit_.live_.find_id(id) != nullptr) continue;
            Operation operation;
            operation.kind = OperationKind::get;
            operation.name = name;
            operation.remote_id = id;
            std::vector<SecretReference> none;
            auto answer = co_await provider.perform(std::move(operation), std::move(none));
            if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
            auto* done = std::get_if<Done>(&answer);
            if (done != nullptr && done->document) found.push_back(std::move(*done->document));
        }
    }
    const auto lookups = this->lookups();
    unit_.live_.add(found, lookups);
}

// A name that is not in such a list may be taken all the same.
void Looking::warn_of_hidden() {
    if (!unit_.parts_.provider.dialect().describe().can.list_may_hide_rows) return;
    constexpr int most_named = 5;
    int creates = 0;
    std::string names;
    for (const auto& change : look_.planned.plan.changes) {
        if (change.action != Action::create || !change.runs()) continue;
        if (++creates <= most_named) names += (names.empty() ? "\"" : ", \"") + change.name + "\"";
    }
    if (creates == 0) return;
    if (creates > most_named) names += " and " + std::to_string(creates - most_named) + " more";
    Finding finding;
    finding.severity = Severity::warning;
    finding.message = "the list shows what the member of this key can see, and no more: " + names +
                      " may be there unseen, and would then be there twice";
    finding.hint = "let that member see every server, or adopt by id: kedge adopt NAME --id ID";
    look_.planned.plan.findings.push_back(std::move(finding));
}

// A create of what is owned under an id that the list does not show would be a second one, were the list wrong.
Task<void> Looking::confirm_missing() {
    const auto& can = unit_.parts_.provider.dialect().describe().can;
    if (!can.list || !can.get) co_return; // each id was asked for, or none can be
    std::set<std::string> listed;
    for (const auto& live : unit_.live_.entries()) listed.insert(live.remote_id);
    for (const auto& change : look_.planned.plan.changes) {
        if (change.action != Action::create || !change.runs()) continue;
        const auto owned = look_.ledger.owned.find(change.name);
        if (owned == look_.ledger.owned.end() || owned->second.remote_id.empty()) continue;
        if (listed.contains(owned->second.remote_id)) continue;
        const bool gone = co_await is_gone(owned->second);
        if (gone) continue;
        throw Failure(NextAction::retry, "control plane: list: \"" + change.name + "\" (id \"" +
                                             owned->second.remote_id +
                                             "\") is missing from it but exists; nothing was planned, and the next "
                                             "pass lists again");
    }
}

} // namespace kedge
