// The part of a look that knows the other units of the target: what they declare, and whether that can be relied on.
#include "base/failure.h"
#include "model/marker.h"
#include "reconcile/looking.h"

#include <algorithm>

namespace kedge {

// What may be ours under another name or another unit's marker, and what our virtual servers are made of.
void Looking::note_concerning() {
    concerning_.clear();
    sources_.clear();
    for (const auto& [file, entry] : all_) {
        sources_.insert(entry->sources.begin(), entry->sources.end());
        for (const auto& former : entry->formerly) {
            const auto slash = former.find('/');
            concerning_.insert(slash == std::string::npos ? former : former.substr(slash + 1));
        }
    }
    for (const auto& intent : look_.ledger.open) concerning_.insert(intent.name);
}

// Of a row in a list that the units of a target share. What another unit declares, or made, is that unit's business
// alone; but virtual servers are named, since they may combine what is ours.
RowUse Looking::use_of(const RowKey& key) {
    const auto& us = unit_.settings_.us;
    const bool ours = declared(key.name) != nullptr || owned_by_id_->find(key.remote_id) != nullptr ||
                      look_.ledger.owned.contains(key.name) || concerning_.contains(key.name);
    if (ours) return RowUse::whole;
    const auto marker = us.is_stranger() ? std::nullopt : read_marker(key.marker, key.name);
    const bool of_installation = marker && marker->fits && marker->installation == us.installation;
    if (of_installation && marker->unit == us.unit) return RowUse::whole;
    if (!key.sources.empty() || sources_.contains(key.name)) return RowUse::key;
    if (unit_.board_->elsewhere(us.unit, key.name) != nullptr) return RowUse::none;
    return of_installation && unit_.board_->knows(marker->unit) ? RowUse::none : RowUse::key;
}

// What is ours and not declared any more: it may have moved to another unit.
void Looking::note_leaving() {
    std::map<std::string, Milliseconds> leaving;
    const auto& us = unit_.settings_.us;
    for (const auto& live : unit_.live_.entries()) {
        if (declared(live.name) != nullptr) continue;
        const bool ours = look_.ledger.owned.contains(live.name) || owned_by_id_->find(live.remote_id) != nullptr ||
                          (!us.is_stranger() && marked_unit(live, us) == us.unit);
        if (!ours) continue;
        const auto before = unit_.leaving_since_.find(live.name);
        leaving.emplace(live.name, before == unit_.leaving_since_.end() ? unit_.read_at_ : before->second);
    }
    unit_.leaving_since_ = std::move(leaving);
}

// Only the others' newest manifests tell a hand-over from a delete: they must have read their sources since something
// left ours. Where nobody else is in a pass they are asked to. The first look of a process needs them in any case: two
// units may declare one name.
Task<void> Looking::read_siblings() {
    if (!unit_.board_) co_return;
    note_leaving();
    const auto& board = *unit_.board_;
    const auto& name = unit_.settings_.us.unit;
    const bool leaving = !unit_.leaving_since_.empty();
    co_await board.read_others(name, leaving && unit_.siblings_rest_);
    sibling_problem_ = board.problem(name);
    if (!sibling_problem_.empty() || !leaving || unit_.siblings_rest_) co_return;
    Milliseconds last{0};
    for (const auto& [gone, since] : unit_.leaving_since_) last = std::max(last, since);
    sibling_problem_ = board.behind(name, last, unit_.desired_.snapshot().revision.id);
}

void Looking::note_elsewhere(const std::string& name) {
    if (unit_.board_ && unit_.board_->elsewhere(unit_.settings_.us.unit, name) != nullptr) elsewhere_.insert(name);
}

// A name that another unit declares as well: held in both, whatever the manifests say.
void Looking::find_declared_twice(CrossCheck& across) {
    for (const auto& desired : all_) {
        const auto& name = desired.entry->name;
        const auto* other = unit_.board_->elsewhere(unit_.settings_.us.unit, name);
        if (other == nullptr) continue;
        elsewhere_.insert(name);
        const auto there = "unit \"" + other->unit + "\" of this target as well, in " + to_text(other->place);
        Finding finding;
        finding.severity = Severity::warning;
        finding.place = {desired.file->path, desired.entry->line, 0};
        finding.name = name;
        finding.message = "\"" + name + "\" is declared by " + there;
        finding.hint = "keep one of the two; x-kedge `units` can say which unit a manifest is meant for";
        duplicates_[name] = "declared in " + to_text(finding.place) + ", and by " + there;
        across.findings.push_back(std::move(finding));
        across.spots.push_back({desired, "", {}});
    }
}

Task<void> Looking::check_across_files() {
    findings_ = unit_.desired_.findings();
    findings_.insert(findings_.end(), recovered_.begin(), recovered_.end());
    if (all_.empty() && findings_.empty() && unit_.desired_.other_types() == 0) {
        Finding finding;
        finding.severity = Severity::warning;
        finding.message = "there is no manifest (looked for *.yaml and *.yml)";
        finding.hint = "is this the right folder?";
        findings_.push_back(std::move(finding));
    }
    auto check = [this] {
        return cross_check(all_, [this](const std::string& name) { return unit_.live_.has(name); });
    };
    auto across = co_await unit_.parts_.pool.run(std::move(check));
    if (unit_.board_) {
        find_declared_twice(across);
        for (const auto& live : unit_.live_.entries()) note_elsewhere(live.name);
        for (const auto& desired : all_) {
            for (const auto& source : desired.entry->sources) note_elsewhere(source);
        }
    }
    co_await unit_.desired_.point_at(across);
    findings_.insert(findings_.end(), across.findings.begin(), across.findings.end());
    for (const auto& finding : findings_) {
        if (finding.severity != Severity::error) continue;
        if (finding.name.empty())
            invalid_paths_.insert(finding.place.file);
        else
            invalid_names_.insert(finding.name);
    }
    invalid_names_.insert(across.invalid.begin(), across.invalid.end());
    for (const auto& desired : all_) {
        if (!across.invalid.contains(desired.entry->name)) look_.desired.push_back(desired);
    }
}

} // namespace kedge
