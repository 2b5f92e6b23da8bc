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

Task<Unit::Disowned> Unit::disown(std::vector<std::string> names) {
    Disowned result;
    const auto look = co_await this->look();
    LedgerBatch batch;
    std::vector<const LiveEntry*> marked_rows;
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
        if (marked) marked_rows.push_back(&live);
    }
    std::function<Task<void>(std::vector<Rewritten>)> note = [&result](std::vector<Rewritten> all) -> Task<void> {
        for (auto& one : all) {
            if (one.why.empty())
                result.unmarked.push_back(one.name);
            else
                result.marker_left.push_back(std::move(one));
        }
        co_return;
    };
    co_await rewrite_markers(look, std::move(marked_rows), false, std::move(note));
    auto key = ledger_key();
    if (names.empty()) {
        co_await parts_.ledger.drop(std::move(key));
    } else if (!batch.empty()) {
        co_await parts_.ledger.commit(std::move(key), std::move(batch));
    }
    co_return result;
}

} // namespace kedge
