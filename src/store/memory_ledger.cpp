#include "store/memory_ledger.h"

#include "base/failure.h"

#include <algorithm>
#include <utility>

namespace kedge {

Task<LedgerState> MemoryLedger::load(LedgerKey key) {
    const auto found = units_.find(key);
    LedgerState state;
    if (found == units_.end()) {
        state.is_new = true;
    } else {
        state = found->second.state;
        for (const auto& [entry, intents] : found->second.spent) state.spent.insert(entry);
    }
    co_return state;
}

namespace {

// A batch counts whole or not at all, so this is asked before anything is touched.
void check_open(const std::vector<Intent>& open, const std::vector<IntentOutcome>& outcomes) {
    std::set<std::int64_t> ids;
    for (const auto& intent : open) ids.insert(intent.id);
    for (const auto& outcome : outcomes) {
        if (ids.erase(outcome.id) == 1) continue;
        throw Failure(NextAction::stop, "ledger: cannot close intent " + std::to_string(outcome.id) +
                                            ": it is not open for this unit; nothing was written");
    }
}

} // namespace

void MemoryLedger::close(Unit& unit, const IntentOutcome& outcome) {
    auto& open = unit.state.open;
    const auto intent = std::find_if(open.begin(), open.end(), [&](const Intent& i) { return i.id == outcome.id; });
    if (outcome.sent && !outcome.free_release) {
        auto& recent = unit.state.recent;
        recent.push_back({intent->at, intent->action, intent->auth_change, intent->change});
        constexpr UnixSeconds a_day = 86400;
        std::erase_if(recent, [&](const PastWrite& write) { return write.at < intent->at - a_day; });
    } else {
        auto& spenders = unit.spent[intent->release_entry];
        spenders.erase(outcome.id);
        if (spenders.empty()) unit.spent.erase(intent->release_entry);
    }
    const auto entry = unit.state.owned.find(intent->name);
    if (outcome.forget && entry != unit.state.owned.end() && lets_go_of_name(entry->second, intent->remote_id))
        forget(unit, intent->name);
    open.erase(intent);
    if (!outcome.owned) return;
    const auto& name = outcome.owned->name;
    unit.state.owned[name] = *outcome.owned;
    unit.state.moved.erase(name);
    if (!outcome.known.empty()) unit.known[name] = outcome.known;
}

void MemoryLedger::forget(Unit& unit, const std::string& name) {
    unit.state.owned.erase(name);
    unit.state.moved.erase(name);
    unit.known.erase(name);
}

Task<std::vector<std::int64_t>> MemoryLedger::commit(LedgerKey key, LedgerBatch batch) {
    const auto before = units_.find(key);
    check_open(before == units_.end() ? std::vector<Intent>() : before->second.state.open, batch.outcomes);
    Unit& unit = units_[key];
    for (const auto& outcome : batch.outcomes) close(unit, outcome);
    for (auto& entry : batch.adopt) unit.state.owned[entry.name] = entry;
    for (auto& document : batch.known) unit.known[document.name] = std::move(document.text);
    for (const auto& name : batch.forget) forget(unit, name);
    for (const auto& entry : batch.spend) unit.spent[entry].insert(0);
    if (batch.pins) unit.state.pins = *batch.pins;
    if (batch.manifest_paths) unit.state.manifest_paths = std::move(*batch.manifest_paths);
    if (batch.moved) unit.state.moved = std::move(*batch.moved);
    if (batch.listed != 0) unit.state.listed = batch.listed;
    if (batch.tagged) unit.state.tagged = std::move(*batch.tagged);
    if (batch.past_unknown != 0) unit.state.recent.push_back({batch.past_unknown, Action::keep, false, {}});
    std::vector<std::int64_t> ids;
    for (auto& intent : batch.intents) {
        intent.id = ++last_id_;
        ids.push_back(intent.id);
        if (!intent.release_entry.empty()) unit.spent[intent.release_entry].insert(intent.id);
        unit.state.open.push_back(std::move(intent));
    }
    co_return ids;
}

Task<std::map<std::string, std::string>> MemoryLedger::known(LedgerKey key, std::vector<std::string> names) {
    std::map<std::string, std::string> texts;
    const auto unit = units_.find(key);
    for (const auto& name : names) {
        if (unit == units_.end()) break;
        const auto found = unit->second.known.find(name);
        if (found != unit->second.known.end()) texts.insert(*found);
    }
    co_return texts;
}

Task<void> MemoryLedger::drop(LedgerKey key) {
    units_.erase(key);
    co_return;
}

} // namespace kedge
