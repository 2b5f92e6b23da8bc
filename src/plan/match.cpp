#include "plan/match.h"

#include "plan/compare.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace kedge {

namespace {

// A name's first sixteen bytes as two numbers: most comparisons of a sort end here, without a look at the string.
struct SortKey {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    const LiveEntry* live = nullptr;
};

SortKey sort_key(const LiveEntry& live) {
    std::array<std::uint64_t, 2> words{};
    for (std::size_t i = 0; i < 16; ++i) {
        const auto byte = i < live.name.size() ? static_cast<unsigned char>(live.name[i]) : 0U;
        words[i / 8] = words[i / 8] << 8 | byte;
    }
    return {words[0], words[1], &live};
}

bool precedes(const SortKey& a, const SortKey& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second != b.second) return a.second < b.second;
    const int order = a.live->name.compare(b.live->name);
    return order != 0 ? order < 0 : a.live->remote_id < b.live->remote_id;
}

std::vector<SortKey> sorted(const std::vector<LiveEntry>& live) {
    std::vector<SortKey> keys;
    keys.reserve(live.size());
    for (const auto& entry : live) keys.push_back(sort_key(entry));
    if (!std::is_sorted(keys.begin(), keys.end(), precedes)) std::sort(keys.begin(), keys.end(), precedes);
    return keys;
}

enum class Agreement { none, equal, as_last_sent, by_verdict };

Agreement agreement_of(const IndexEntry& desired, const LiveEntry& live, const OwnedEntry* owned,
                       const std::set<Digest>& verdicts, const Description& target) {
    if (desired.rules != live.rules || desired.type != live.type) return Agreement::none;
    if (live.live.empty() || desired.desired.empty() || has_moved_hidden(desired, owned)) return Agreement::none;
    if (desired.desired == live.live) return Agreement::equal;
    const bool sent = owned != nullptr && owned->name == desired.name && !owned->sent.empty();
    if (sent && owned->sent == desired.desired && owned->answered == live.live) return Agreement::as_last_sent;
    if (verdicts.empty()) return Agreement::none;
    // What git changed may be the very secret that the control plane hides, or one that git only refers to.
    const bool unseen = live.masked || !desired.references.empty();
    if (sent && unseen && owned->sent != desired.desired) return Agreement::none;
    const auto key = verdict_key(desired.desired, live.live, desired.rules, target.dialect, target.version);
    return verdicts.contains(key) ? Agreement::by_verdict : Agreement::none;
}

// Walks manifests, live rows and the ledger side by side, all in the order of names.
class Matcher {
public:
    explicit Matcher(const MatchInput& input)
        : in_(input), by_id_(input.ledger), entry_(input.ledger.owned.begin()), stranger_(input.us.is_stranger()) {}

    Matched run();

private:
    using Rows = std::span<const SortKey>;

    const OwnedEntry* entry_of(const std::string& name);
    const OwnedEntry* owner_of(const LiveEntry& live, const OwnedEntry* of_name);
    void declared(const DesiredEntry& desired, Rows rows, const OwnedEntry* of_name);
    std::vector<std::string> twins_of(const Candidate& pair, Rows rows);
    void undeclared(const LiveEntry& live, const OwnedEntry* of_name);
    bool was_handed_to_us(const LiveEntry& live) const;
    void note_gone();

    const MatchInput& in_;
    OwnedById by_id_;
    std::map<std::string, OwnedEntry>::const_iterator entry_;
    bool stranger_;
    std::vector<const OwnedEntry*> missing_;     // no manifest, and no row of this name and id
    std::set<const OwnedEntry*> seen_elsewhere_; // rows of these ids carry another name
    std::set<std::string> former_;               // names, or unit/name, that manifests had before
    Matched out_;
};

Matched Matcher::run() {
    const auto live = sorted(in_.live);
    out_.in_sync.reserve(std::min(live.size(), in_.desired.size()));
    for (const auto& desired : in_.desired)
        former_.insert(desired.entry->formerly.begin(), desired.entry->formerly.end());
    std::size_t d = 0;
    std::size_t l = 0;
    while (d < in_.desired.size() || l < live.size()) {
        const std::string* of_manifest = d < in_.desired.size() ? &in_.desired[d].entry->name : nullptr;
        const std::string* of_row = l < live.size() ? &live[l].live->name : nullptr;
        const int order = of_manifest == nullptr ? 1 : of_row == nullptr ? -1 : of_manifest->compare(*of_row);
        const std::string& name = order <= 0 ? *of_manifest : *of_row;
        const OwnedEntry* entry = entry_of(name);
        std::size_t end = l;
        while (order >= 0 && end < live.size() && live[end].live->name == name) ++end;
        const Rows rows(live.data() + l, end - l);
        if (order <= 0) {
            declared(in_.desired[d++], rows, entry);
        } else {
            bool here = false;
            for (const auto& row : rows) {
                here = here || (entry != nullptr && row.live->remote_id == entry->remote_id);
                undeclared(*row.live, entry);
            }
            if (entry != nullptr && !here) missing_.push_back(entry);
        }
        l = end;
    }
    for (; !stranger_ && entry_ != in_.ledger.owned.end(); ++entry_) missing_.push_back(&entry_->second);
    note_gone();
    return std::move(out_);
}

// The ledger's entry of this name; those of names before it have neither a manifest nor a row of their name.
const OwnedEntry* Matcher::entry_of(const std::string& name) {
    if (stranger_) return nullptr;
    while (entry_ != in_.ledger.owned.end() && entry_->first < name) missing_.push_back(&(entry_++)->second);
    if (entry_ == in_.ledger.owned.end() || entry_->first != name) return nullptr;
    return &(entry_++)->second;
}

const OwnedEntry* Matcher::owner_of(const LiveEntry& live, const OwnedEntry* of_name) {
    if (stranger_ || live.remote_id.empty()) return nullptr;
    if (of_name != nullptr && of_name->remote_id == live.remote_id) return of_name;
    if (in_.ledger.owned.empty()) return nullptr;
    const auto* owned = by_id_.find(live.remote_id);
    if (owned != nullptr) seen_elsewhere_.insert(owned);
    return owned;
}

void Matcher::declared(const DesiredEntry& desired, Rows rows, const OwnedEntry* of_name) {
    Candidate pair{.desired = &desired, .owned = of_name};
    pair.rotated = !in_.rotated.empty() && in_.rotated.contains(desired.entry->name);
    int best = -1;
    for (const auto& row : rows) {
        const auto* owned = owner_of(*row.live, of_name);
        const auto ownership = ownership_of(*row.live, owned, in_.us);
        if (is_superseded(owned, *row.live) && ownership == Ownership::ours) {
            out_.candidates.push_back({.live = row.live, .ownership = ownership, .owned = owned});
            continue;
        }
        if (!in_.target.can.names_unique) pair.namesakes.push_back(row.live->remote_id);
        const bool named = !desired.entry->adopt.empty() && desired.entry->adopt == row.live->remote_id;
        const int rank = named ? 3 : owned != nullptr ? 2 : ownership == Ownership::ours ? 1 : 0;
        if (rank > best) {
            if (pair.live != nullptr) out_.live_only.push_back(pair.live->name);
            pair.live = row.live;
            pair.owned = owned;
            pair.ownership = ownership;
            best = rank;
        } else {
            out_.live_only.push_back(row.live->name);
        }
    }
    pair.twins = twins_of(pair, rows);
    const auto agreement = pair.live == nullptr || pair.rotated
                               ? Agreement::none
                               : agreement_of(*desired.entry, *pair.live, pair.owned, in_.verdicts, in_.target);
    if (agreement == Agreement::as_last_sent) ++out_.normalised;
    auto& pairs = agreement == Agreement::none ? out_.candidates : out_.in_sync;
    pairs.push_back(pair);
}

// Rows that a create of ours may have made, which arrived after another one had been sent. Whoever named the one to be
// looked after has said what the others are.
std::vector<std::string> Matcher::twins_of(const Candidate& pair, Rows rows) {
    std::vector<std::string> twins;
    if (rows.size() < 2 || in_.target.can.names_unique || pair.ownership != Ownership::ours || stranger_) return twins;
    const bool sent = pair.owned != nullptr && !pair.owned->sent.empty();
    if (!sent || pair.desired->entry->adopt == pair.live->remote_id) return twins;
    for (const auto& row : rows) {
        const auto& live = *row.live;
        if (live.remote_id == pair.live->remote_id || by_id_.find(live.remote_id) != nullptr) continue;
        const bool alike = !in_.target.can.tags && !live.live.empty() && live.live == pair.live->live;
        if (marked_unit(live, in_.us) == in_.us.unit || alike) twins.push_back(live.remote_id);
    }
    return twins;
}

void Matcher::undeclared(const LiveEntry& live, const OwnedEntry* of_name) {
    const auto* owned = owner_of(live, of_name);
    const auto ownership = ownership_of(live, owned, in_.us);
    const bool handed_over = !in_.elsewhere.empty() && in_.elsewhere.contains(live.name);
    bool ours = ownership == Ownership::ours && !handed_over;
    // Another unit's marker alone does not make it ours to judge, unless a manifest says that it took over from there.
    if (ours && owned == nullptr) ours = marked_unit(live, in_.us) == in_.us.unit || was_handed_to_us(live);
    if (ours)
        out_.candidates.push_back({.live = &live, .ownership = ownership, .owned = owned});
    else
        out_.live_only.push_back(live.name);
}

bool Matcher::was_handed_to_us(const LiveEntry& live) const {
    return !former_.empty() && former_.contains(marked_unit(live, in_.us) + "/" + live.name);
}

void Matcher::note_gone() {
    for (const auto& [name, owned] : in_.ledger.owned) out_.owned_ids += stranger_ || owned.remote_id.empty() ? 0 : 1;
    out_.missing = out_.owned_ids;
    if (out_.owned_ids > 0) {
        for (const auto& row : in_.live) {
            const auto* owned = by_id_.find(row.remote_id);
            out_.missing -= owned == nullptr || is_superseded(owned, row) ? 0 : 1;
        }
    }
    for (const auto* entry : missing_) {
        if (!seen_elsewhere_.contains(entry)) out_.gone.push_back(entry->name);
    }
    std::sort(out_.gone.begin(), out_.gone.end());
    std::sort(out_.live_only.begin(), out_.live_only.end());
}

} // namespace

bool in_sync(const IndexEntry& desired, const LiveEntry& live, const LedgerState& ledger,
             const std::set<Digest>& verdicts, const Description& target) {
    const auto found = ledger.owned.find(desired.name);
    const bool known = found != ledger.owned.end() && found->second.remote_id == live.remote_id;
    return agreement_of(desired, live, known ? &found->second : nullptr, verdicts, target) != Agreement::none;
}

Matched match(const MatchInput& input) {
    return Matcher(input).run();
}

} // namespace kedge
