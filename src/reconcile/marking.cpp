// The ownership marker is put on, or taken off, by a PUT of the git document: only where that changes nothing else, and
// the control plane says so in a dry run. A crash in between loses nothing: with or without the marker the registration
// is equal to git, and ours by the ledger.
#include "io/run.h"
#include "model/marker.h"
#include "plan/merge_live_parts.h"
#include "reconcile/unit.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t marked_at_once = 64;

// Any other tag of the reserved kind (a pause, a note of a person) is compared by nobody, and would be lost.
bool has_other_reserved_tag(const Json& document) {
    const auto tags = document.find("tags");
    if (tags == document.end()) return false;
    const std::string list_marker = std::string(marker_tag) + ":";
    if (tags->is_object()) {
        for (const auto& [key, value] : tags->items()) {
            if (key != marker_tag && key.starts_with(marker_tag)) return true;
        }
        return false;
    }
    return tags->is_array() && std::any_of(tags->begin(), tags->end(), [&](const Json& tag) {
               const auto* text = tag.get_ptr<const std::string*>();
               return text != nullptr && text->starts_with(marker_tag) && !text->starts_with(list_marker);
           });
}

std::string words_of(const Answer& answer) {
    if (const auto* refused = std::get_if<Refused>(&answer)) return refused->words();
    if (const auto* held = std::get_if<Held>(&answer))
        return "the control plane wants an acknowledgement: " + held->text;
    if (const auto* unsure = std::get_if<Unsure>(&answer)) return unsure->text;
    return "the control plane gave no verdict";
}

} // namespace

// Why the marker of a registration cannot be rewritten without changing more, as far as the look tells; empty: it can.
std::string Unit::why_not_rewritten(const Look& look, const LiveEntry& live) const {
    if (find_entry(look.desired, live.name) == nullptr) return "no valid manifest of this unit declares it";
    const auto& changes = look.planned.plan.changes;
    const bool differs =
        std::any_of(changes.begin(), changes.end(), [&](const Change& change) { return change.name == live.name; });
    if (differs) return "it differs from git";
    if (live.masked) return "it holds secrets that the control plane hides";
    return {};
}

Task<Unit::Rewritten> Unit::rewrite_marker(LiveEntry live, DesiredEntry entry, Resource resource, bool mark) {
    Rewritten result;
    if (!resource.references.empty()) {
        result.why = "it holds secrets that git only refers to";
        co_return result;
    }
    Operation look_again;
    look_again.kind = OperationKind::get;
    look_again.remote_id = live.remote_id;
    look_again.name = live.name;
    std::vector<SecretReference> none;
    const auto answer = co_await parts_.provider.perform(std::move(look_again), std::move(none));
    const auto* now = std::get_if<Done>(&answer);
    const auto rules = rules_of(entry);
    if (now == nullptr || !now->document || live_.digest(*now->document, rules) != live.live)
        result.why = now == nullptr ? words_of(answer) : "somebody changed it since the list";
    else if (has_other_reserved_tag(now->document->document))
        result.why = "it carries another tag of kedge's own, which would be lost";
    if (!result.why.empty()) co_return result;
    Operation operation;
    operation.kind = OperationKind::rehearse;
    operation.remote_id = live.remote_id;
    operation.name = live.name;
    operation.type = live.type;
    operation.document = merge_live_parts(std::move(resource.document), now->document->document, left_to_others(entry));
    const auto& us = settings_.us;
    if (mark)
        operation.document =
            with_marker(std::move(operation.document), make_marker(us.installation, us.unit, live.name));
    operation.live_version = now->document->version;
    auto check = operation;
    std::vector<SecretReference> none_again;
    const auto rehearsed = co_await parts_.provider.perform(std::move(check), std::move(none_again));
    const auto* would_be = std::get_if<Done>(&rehearsed);
    if (would_be == nullptr || !would_be->document || live_.digest(*would_be->document, rules) != live.live) {
        result.why = would_be == nullptr ? words_of(rehearsed) : "the control plane would store more than the marker";
        co_return result;
    }
    operation.kind = OperationKind::update;
    std::vector<SecretReference> still_none;
    const auto written = co_await parts_.provider.perform(std::move(operation), std::move(still_none));
    const auto* done = std::get_if<Done>(&written);
    if (done == nullptr) result.why = words_of(written);
    if (done != nullptr && done->document) result.version = done->document->version;
    co_return result;
}

// In slices: `done` hears of each slice, so that what was written is noted soon.
Task<void> Unit::rewrite_markers(const Look& look, std::vector<const LiveEntry*> rows, bool mark,
                                 std::function<Task<void>(std::vector<Rewritten>)> done) {
    for (std::size_t from = 0; from < rows.size(); from += marked_at_once) {
        const std::vector<const LiveEntry*> slice(
            rows.begin() + static_cast<std::ptrdiff_t>(from),
            rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), from + marked_at_once)));
        std::vector<Rewritten> results(slice.size());
        std::vector<DesiredEntry> wanted;
        for (std::size_t i = 0; i < slice.size(); ++i) {
            results[i].why = why_not_rewritten(look, *slice[i]);
            if (results[i].why.empty()) wanted.push_back(*find_entry(look.desired, slice[i]->name));
        }
        std::map<std::string, Resource> resources;
        if (!wanted.empty()) resources = co_await desired_.documents(std::move(wanted));
        std::function<Task<void>(std::size_t)> job = [&](std::size_t i) -> Task<void> {
            if (!results[i].why.empty()) co_return;
            auto live = *slice[i];
            const auto entry = *find_entry(look.desired, live.name);
            auto resource = resources.at(live.name);
            results[i] = co_await rewrite_marker(std::move(live), entry, std::move(resource), mark);
        };
        const auto width =
            static_cast<std::size_t>(std::max(1, parts_.provider.dialect().describe().pacing.concurrency));
        const auto count = slice.size();
        co_await for_each_index(count, width, std::move(job));
        for (std::size_t i = 0; i < slice.size(); ++i) results[i].name = slice[i]->name;
        co_await done(std::move(results));
        step("markers", std::min(rows.size(), from + marked_at_once), rows.size());
    }
}

Task<Unit::Marked> Unit::mark(std::vector<std::string> names) {
    Marked marked;
    const auto look = co_await this->look();
    std::vector<const LiveEntry*> rows;
    for (const auto& live : live_.entries()) {
        const auto owned = look.ledger.owned.find(live.name);
        if (owned == look.ledger.owned.end() || owned->second.remote_id != live.remote_id) continue;
        if (!names.empty() && std::find(names.begin(), names.end(), live.name) == names.end()) continue;
        if (marked_unit(live, settings_.us) == settings_.us.unit)
            ++marked.before;
        else
            rows.push_back(&live);
    }
    std::sort(rows.begin(), rows.end(), [](const LiveEntry* a, const LiveEntry* b) { return a->name < b->name; });
    std::function<Task<void>(std::vector<Rewritten>)> note = [&](std::vector<Rewritten> results) -> Task<void> {
        LedgerBatch batch;
        for (auto& one : results) {
            if (!one.why.empty()) {
                marked.left.push_back(std::move(one));
                continue;
            }
            auto entry = look.ledger.owned.at(one.name);
            entry.marked = true;
            // The version of what was only adopted stays unknown: the marker says nothing of what it hides.
            if (!entry.version.empty()) entry.version = one.version;
            batch.adopt.push_back(std::move(entry));
            marked.names.push_back(one.name);
        }
        auto key = ledger_key();
        if (!batch.empty()) co_await parts_.ledger.commit(std::move(key), std::move(batch));
    };
    co_await rewrite_markers(look, std::move(rows), true, std::move(note));
    co_return marked;
}

} // namespace kedge
