#include "reconcile/preview_book.h"

#include "base/failure.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_merged = 1000; // in memory: beyond it the newest count
constexpr std::size_t most_carried_out = 20'000;
constexpr std::size_t longest_text = 300;

PreviewKey key_of(const PreviewRecord& record) {
    return {record.repository, record.number, record.head};
}

std::string cut(std::string text) {
    if (text.size() <= longest_text) return text;
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end; // whole characters
    text.resize(end);
    return text + "…";
}

bool is_done(PreviewResult result) {
    return result == PreviewResult::applied || result == PreviewResult::not_needed;
}

// What one pass says about one previewed change. Nothing: it has not seen the merge yet, or says nothing new.
struct Verdict {
    PreviewResult result = PreviewResult::waiting;
    std::string text;
};

Verdict verdict_of(const Outcome& outcome) {
    const auto& holds = outcome.change.holds;
    switch (outcome.result) {
    case Result::done:
        return {PreviewResult::applied, ""};
    case Result::held:
    case Result::left_alone:
    case Result::blocked:
        return {PreviewResult::held, !outcome.text.empty() ? outcome.text : holds.empty() ? "" : holds.front().text};
    case Result::refused:
    case Result::failed:
    case Result::unsure:
        return {PreviewResult::failed, outcome.text};
    case Result::not_started:
        return {};
    }
    return {};
}

// One pass, seen by previewed changes.
class PassSeen {
public:
    PassSeen(const Unit& unit, const Report& report)
        : unit_(unit), whole_(!has_errors(report.plan.findings)), prune_(report.plan.prune) {
        for (const auto& outcome : report.outcomes) by_name_.emplace(outcome.change.name, &outcome);
    }

    std::optional<Verdict> of(const PreviewedChange& change) {
        const auto [first, last] = by_name_.equal_range(change.name);
        for (auto at = first; at != last; ++at) {
            if (at->second->change.digest == change.change) return verdict_of(*at->second);
        }
        if (!is_in_git(change)) return std::nullopt;
        if (first == last) return Verdict{PreviewResult::not_needed, "live is so already"};
        auto verdict = verdict_of(*first->second);
        if (verdict.result == PreviewResult::applied)
            verdict = {PreviewResult::not_needed, "another change of it was carried out"};
        return verdict;
    }

private:
    // What this change was to bring about is what the unit's manifests say; and nothing keeps such a change out of a
    // plan but that there is none.
    bool is_in_git(const PreviewedChange& change) {
        if (!whole_ || (change.action == Action::remove && !prune_)) return false;
        if (!entries_) entries_ = unit_.desired().entries();
        const auto* entry = find_entry(*entries_, change.name);
        return change.action == Action::remove ? entry == nullptr
                                               : entry != nullptr && entry->entry->desired == change.desired;
    }

    const Unit& unit_;
    bool whole_; // every manifest could be read
    bool prune_;
    std::multimap<std::string, const Outcome*> by_name_;
    std::optional<std::vector<DesiredEntry>> entries_;
};

void add_reviewed(const PreviewRecord& record, const std::string& unit, std::vector<ReviewedChange>& reviewed) {
    for (const auto& one : record.units) {
        if (one.unit != unit) continue;
        for (const auto& change : one.changes) {
            if (is_done(change.result)) continue;
            ReviewedChange seen;
            seen.name = change.name;
            seen.change = change.change;
            seen.desired = change.desired;
            seen.live = change.live;
            seen.pull = record.repository + "#" + std::to_string(record.number);
            seen.head = record.head;
            seen.approved = change.approved;
            reviewed.push_back(std::move(seen));
        }
    }
}

} // namespace

ReviewedChanges reviewed_of(const std::vector<PreviewRecord>& merged, const std::string& unit) {
    std::vector<ReviewedChange> reviewed;
    for (const auto& record : merged) add_reviewed(record, unit, reviewed);
    return std::make_shared<const std::vector<ReviewedChange>>(std::move(reviewed));
}

PreviewBook::PreviewBook(Previews& store, Clock& clock, Calls calls)
    : store_(store), clock_(clock), calls_(std::move(calls)) {}

Task<void> PreviewBook::open() {
    const auto records = co_await store_.with_state(PullState::merged, most_merged);
    for (const auto& record : records) remember(record);
}

void PreviewBook::remember(const PreviewRecord& record) {
    for (const auto& unit : record.units) reviewed_.erase(unit.unit);
    auto key = key_of(record);
    if (record.state != PullState::merged || is_settled(record)) {
        merged_.erase(key);
        return;
    }
    merged_.insert_or_assign(std::move(key), record);
    if (merged_.size() <= most_merged) return;
    const auto oldest = std::min_element(merged_.begin(), merged_.end(), [](const auto& a, const auto& b) {
        return age_of(a.second) < age_of(b.second);
    });
    for (const auto& unit : oldest->second.units) reviewed_.erase(unit.unit);
    merged_.erase(oldest);
}

// Of the same head: what was said about changes that stand there still, and of units that could not be planned now.
void PreviewBook::carry_over(const PreviewRecord& before, PreviewRecord& record) {
    record.approvers = before.approvers;
    std::map<std::string, PreviewedUnit*> units;
    for (auto& unit : record.units) units[unit.unit] = &unit;
    for (const auto& old : before.units) {
        const auto found = units.find(old.unit);
        if (found == units.end()) {
            record.units.push_back(old);
            continue;
        }
        std::set<Digest> approved;
        for (const auto& change : old.changes) {
            if (change.approved) approved.insert(change.change);
        }
        for (auto& change : found->second->changes) change.approved = approved.contains(change.change);
    }
    record.releases = before.releases;
}

// Heads that nobody looks at any more: the pull request has moved on, or has ended.
Task<void> PreviewBook::close_others(const PreviewRecord& record) {
    auto repository = record.repository;
    auto rows = co_await store_.of_pull(std::move(repository), record.number);
    for (auto& row : rows) {
        if (row.head == record.head || row.state != PullState::open) continue;
        row.state = PullState::closed;
        row.ended = clock_.now();
        co_await store_.put(std::move(row));
    }
}

Task<void> PreviewBook::shown(Preview preview, std::string comment_id) {
    auto record = record_of(preview);
    auto key = key_of(record);
    const auto before = co_await store_.find(std::move(key));
    // What was merged is what was shown by then.
    if (before && before->state == PullState::merged) co_return;
    if (before) carry_over(*before, record);
    auto repository = record.repository;
    const auto rows = co_await store_.of_pull(std::move(repository), record.number);
    record.since = record.at;
    for (const auto& row : rows) {
        record.since = std::min(record.since, row.since != 0 ? row.since : row.at);
        if (is_later_comment(row.heard, record.heard)) record.heard = row.heard;
    }
    record.comment_id = std::move(comment_id);
    if (record.comment_id.empty() && before) record.comment_id = before->comment_id;
    auto kept = record;
    co_await store_.put(std::move(kept));
    co_await close_others(record);
}

Task<void> PreviewBook::heard(std::string repository, int number, std::string comment) {
    auto rows = co_await store_.of_pull(std::move(repository), number);
    if (rows.empty()) co_return;
    auto& row = rows.front();
    // One that is merged is written from here as well.
    const auto merged = merged_.find(key_of(row));
    if (merged != merged_.end()) {
        merged->second.heard = comment;
        row = merged->second;
    }
    row.heard = std::move(comment);
    co_await store_.put(std::move(row));
}

// An approval is for what was shown when it was first seen: what a later preview of the same head shows beyond that
// wants another one.
Task<void> PreviewBook::approved(PreviewKey key, std::vector<std::string> approvers) {
    auto record = co_await store_.find(std::move(key));
    // An approval that comes after the merge was no part of the review.
    if (!record || record->state != PullState::open || record->approvers == approvers) co_return;
    const auto known = std::move(record->approvers);
    record->approvers = std::move(approvers);
    const bool fresh = std::any_of(record->approvers.begin(), record->approvers.end(), [&](const std::string& who) {
        return !is_same_person(who, record->author) && std::find(known.begin(), known.end(), who) == known.end();
    });
    const bool any = is_approved(*record);
    for (auto& unit : record->units) {
        for (auto& change : unit.changes) change.approved = any && (fresh || change.approved);
    }
    co_await store_.put(std::move(*record));
}

Task<bool> PreviewBook::release(PreviewKey key, PreviewRelease release) {
    constexpr std::size_t most_releases = 100;
    auto record = co_await store_.find(std::move(key));
    if (!record || record->state != PullState::open || record->releases.size() >= most_releases) co_return false;
    record->releases.push_back(std::move(release));
    co_await store_.put(std::move(*record));
    co_return true;
}

Task<std::optional<PreviewRecord>> PreviewBook::ended(PullRequest pull) {
    PreviewKey key{pull.repository, pull.number, pull.head_commit};
    auto record = co_await store_.find(std::move(key));
    if (pull.state == PullState::open) co_return record;
    PreviewRecord of_pull;
    of_pull.repository = pull.repository;
    of_pull.number = pull.number;
    of_pull.head = pull.head_commit;
    co_await close_others(of_pull);
    if (!record || record->state != PullState::open) co_return record;
    // What was shown for another branch is no review of this one.
    const bool same_base = record->base_branch == pull.base_branch;
    record->state = same_base ? pull.state : PullState::closed;
    record->ended = clock_.now();
    if (record->author.empty()) record->author = pull.author;
    const bool merged = record->state == PullState::merged;
    const bool early = merged && settle_early(*record);
    auto kept = *record;
    co_await store_.put(std::move(kept));
    remember(*record);
    if (early) {
        merged_.insert_or_assign(key_of(*record), *record); // settled, perhaps, and still to be told
        news_.insert(key_of(*record));
        if (calls_.news) calls_.news();
    }
    if (!merged || !calls_.wake) co_return record;
    for (const auto& unit : record->units) calls_.wake(unit.unit);
    co_return record;
}

ReviewedChanges PreviewBook::reviewed(const std::string& unit) const {
    auto& known = reviewed_[unit];
    if (known) return known;
    std::vector<const PreviewRecord*> records;
    for (const auto& [key, record] : merged_) records.push_back(&record);
    std::stable_sort(records.begin(), records.end(),
                     [](const auto* a, const auto* b) { return age_of(*a) > age_of(*b); });
    std::vector<ReviewedChange> reviewed;
    for (const auto* record : records) add_reviewed(*record, unit, reviewed);
    known = std::make_shared<const std::vector<ReviewedChange>>(std::move(reviewed));
    return known;
}

void PreviewBook::note_carried_out(const Report& report) {
    for (const auto& outcome : report.outcomes) {
        if (outcome.result != Result::done) continue;
        const auto& digest = outcome.change.digest;
        if (carried_out_.insert_or_assign(digest, clock_.now()).second) carried_out_order_.push_back(digest);
    }
    while (carried_out_order_.size() > most_carried_out) {
        carried_out_.erase(carried_out_order_.front());
        carried_out_order_.pop_front();
    }
}

// Since the preview: the same change may have been made before, and taken back.
bool PreviewBook::settle_early(PreviewRecord& record) const {
    bool settled = false;
    for (auto& unit : record.units) {
        for (auto& change : unit.changes) {
            const auto found = carried_out_.find(change.change);
            if (found == carried_out_.end() || found->second < record.at) continue;
            change.result = PreviewResult::applied;
            change.at = found->second;
            settled = true;
        }
    }
    return settled;
}

void PreviewBook::passed(const Unit& unit, const Report& report) {
    note_carried_out(report);
    if (merged_.empty()) return;
    const auto& name = unit.settings().us.unit;
    PassSeen seen(unit, report);
    bool moved = false;
    for (auto& [key, record] : merged_) {
        for (auto& of_unit : record.units) {
            if (of_unit.unit != name) continue;
            for (auto& change : of_unit.changes) {
                if (is_done(change.result)) continue;
                auto verdict = seen.of(change);
                if (!verdict || verdict->result == PreviewResult::waiting) continue;
                auto text = cut(std::move(verdict->text));
                if (verdict->result == change.result && text == change.text) continue;
                change.result = verdict->result;
                change.text = std::move(text);
                change.at = clock_.now();
                news_.insert(key);
                moved = true;
            }
        }
    }
    if (!moved) return;
    reviewed_.erase(name);
    if (calls_.news) calls_.news();
}

Task<std::vector<PreviewRecord>> PreviewBook::take_news() {
    std::vector<PreviewRecord> records;
    while (!news_.empty()) {
        const auto key = *news_.begin();
        news_.erase(news_.begin());
        const auto found = merged_.find(key);
        if (found == merged_.end()) continue;
        const auto record = found->second;
        auto kept = record;
        try {
            co_await store_.put(std::move(kept));
        } catch (const Failure&) {
            news_.insert(key);
            throw;
        }
        records.push_back(record);
        // It may have moved on meanwhile.
        const auto again = merged_.find(key);
        if (again != merged_.end() && again->second == record && is_settled(record)) merged_.erase(again);
    }
    co_return records;
}

} // namespace kedge
