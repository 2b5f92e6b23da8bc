// The part of a look that sees what moved live since we last wrote or adopted it: between which lists, and from what.
#include "plan/moved.h"
#include "reconcile/looking.h"

#include <algorithm>

namespace kedge {

// Between the list that is noted in the ledger and this one. What was seen to be so before keeps its time.
void Looking::note_moves() {
    // Under other rules every digest is another one: nothing can be told.
    if (rules_moved_) return;
    std::map<std::string, LiveMove> moved;
    for (const auto& [name, owned] : look_.ledger.owned) {
        if (owned.answered.empty()) continue;
        const auto* live = unit_.live_.find_id(owned.remote_id);
        const Digest now = live == nullptr ? Digest{} : live->live;
        if (now == owned.answered) continue;
        const auto before = look_.ledger.moved.find(name);
        const bool same = before != look_.ledger.moved.end() && before->second.live == now;
        moved.emplace(name, same ? before->second : LiveMove{now, look_.ledger.listed, listed_});
    }
    if (moved != look_.ledger.moved) look_.bookkeeping.moved = moved;
    look_.bookkeeping.listed = listed_;
    look_.ledger.moved = std::move(moved);
}

// Who carries the tag that pauses it, and since which list. A clock that was set back makes no pause longer.
void Looking::note_tags() {
    std::map<std::string, UnixSeconds> tagged;
    for (const auto& live : unit_.live_.entries()) {
        const bool concerns =
            !live.marker.empty() || declared(live.name) != nullptr || owned_by_id_->find(live.remote_id) != nullptr;
        if (!live.paused || !concerns) continue;
        const auto before = look_.ledger.tagged.find(live.remote_id);
        const bool seen = before != look_.ledger.tagged.end();
        tagged.emplace(live.remote_id, seen ? std::min(before->second, listed_) : listed_);
    }
    if (tagged == look_.ledger.tagged) return;
    look_.bookkeeping.tagged = tagged;
    look_.ledger.tagged = std::move(tagged);
}

std::vector<std::string> names_of_moved(const std::vector<const Candidate*>& slice) {
    std::vector<std::string> names;
    for (const auto* candidate : slice) {
        if (candidate->live == nullptr || candidate->owned == nullptr || candidate->desired == nullptr) continue;
        const auto& answered = candidate->owned->answered;
        if (!answered.empty() && answered != candidate->live->live) names.push_back(candidate->live->name);
    }
    return names;
}

Task<void> Looking::load_known(std::vector<std::string> names) {
    known_.clear();
    if (names.empty()) co_return;
    auto key = unit_.ledger_key();
    known_ = co_await unit_.parts_.ledger.known(std::move(key), std::move(names));
}

std::optional<Comparison> Looking::since_known(const Candidate& candidate, const Json& live) const {
    const auto text = known_.find(candidate.live->name);
    if (text == known_.end()) return std::nullopt;
    auto known = Json::parse(text->second, nullptr, false);
    // The text of an earlier write, or of another name that had this id, says nothing.
    if (!known.is_object() || document_digest(known) != candidate.owned->answered) return std::nullopt;
    const auto rules = unit_.rules_of(*candidate.desired);
    auto now = comparable(live, rules, unit_.settings_.seal_key.reveal());
    return moved_since(std::move(known), std::move(now), rules);
}

} // namespace kedge
