// Everything about one registration, for a person who asks.
#include "reconcile/unit.h"

#include <algorithm>

namespace kedge {

Task<Explained> Unit::explain(std::string name) {
    const auto look = co_await this->look();
    Explained result;
    result.unit = settings_.us.unit;
    result.name = name;
    std::vector<DesiredEntry> wanted;
    for (const auto& [path, file] : desired_.files()) {
        for (const auto& entry : file.entries) {
            if (entry.name != name) continue;
            result.declared.push_back({path, entry.line, 0});
            if (wanted.empty()) wanted.push_back({&file, &entry});
        }
    }
    const auto known = look.ledger.owned.find(name);
    const auto* live = known == look.ledger.owned.end() ? nullptr : live_.find_id(known->second.remote_id);
    if (live == nullptr) live = live_.find(name);
    if (live != nullptr) {
        result.live = *live;
        const bool ours = known != look.ledger.owned.end() && known->second.remote_id == live->remote_id;
        result.ownership = ownership_of(*live, ours ? &known->second : nullptr, settings_.us);
    }
    if (const auto owned = look.ledger.owned.find(name); owned != look.ledger.owned.end()) result.owned = owned->second;
    for (const auto& change : look.planned.plan.changes) {
        if (change.name == name) result.change = change;
    }
    for (const auto& finding : look.planned.plan.findings) {
        if (finding.name == name) result.findings.push_back(finding);
    }
    const auto* elsewhere = !board_ ? nullptr : board_->elsewhere(settings_.us.unit, name);
    if (elsewhere != nullptr) result.elsewhere = elsewhere->unit;
    if (wanted.empty()) co_return result;
    const auto path = wanted.front().file->path;
    const auto resources = co_await desired_.resources(std::move(wanted));
    result.lines = resources.at(name).lines;
    std::vector<int> lines;
    for (const auto& [pointer, line] : result.lines) lines.push_back(line);
    auto asked = path;
    const auto& snapshot = desired_.snapshot();
    result.authors = co_await parts_.source.blame(snapshot, std::move(asked), std::move(lines));
    co_return result;
}

} // namespace kedge
