#include "reconcile/live_state.h"

#include "base/failure.h"
#include "io/run.h"
#include "manifest/load.h"
#include "model/marker.h"
#include "model/secret_fields.h"
#include "plan/compare.h"

#include <algorithm>
#include <numeric>

namespace kedge {

namespace {

// The ownership marker and the pause tag, from either form of tags.
void read_tags(const Json& document, LiveEntry& entry) {
    const auto tags = document.find("tags");
    if (tags == document.end()) return;
    if (tags->is_object()) {
        const auto marker = tags->find(std::string(marker_tag));
        if (marker != tags->end() && marker->is_string()) entry.marker = marker->get<std::string>();
        entry.paused = tags->contains(std::string(pause_tag));
    } else if (tags->is_array()) {
        const auto prefix = std::string(marker_tag) + ":";
        for (const auto& tag : *tags) {
            if (!tag.is_string()) continue;
            const auto text = tag.get<std::string>();
            if (text.starts_with(prefix)) entry.marker = text.substr(prefix.size());
            if (text == pause_tag) entry.paused = true;
        }
    }
}

bool holds_masked(Json document) {
    bool masked = false;
    for_each_secret(document, [&](const std::string&, Json& value) {
        masked = masked || is_masked(value) || is_unreadable(value);
    });
    return masked;
}

} // namespace

void throw_refusal(const Refused& refused) {
    NextAction next = NextAction::retry;
    if (refused.kind == RefusalKind::credential) next = NextAction::stop;
    if (refused.kind == RefusalKind::forbidden) next = NextAction::wait_for_change;
    throw Failure(next, "control plane: " + refused.words());
}

RowKey row_key_of(const Dialect& dialect, std::string_view row) {
    const auto live = dialect.read(parse_json(row));
    LiveEntry tags;
    read_tags(live.document, tags);
    RowKey key;
    key.name = live.name;
    key.remote_id = live.remote_id;
    key.marker = std::move(tags.marker);
    if (live.type == "mcp-server/virtual") key.sources = source_names(live.document);
    return key;
}

LiveState::LiveState(const UnitSettings& settings, const Dialect& dialect, Worker& pool)
    : settings_(settings), dialect_(dialect), pool_(pool) {}

void LiveState::restore(std::string row_key, std::vector<LiveEntry> rows) {
    row_key_ = std::move(row_key);
    entries_ = std::move(rows);
    index_rows();
}

void LiveState::index_rows() {
    known_.clear();
    known_.reserve(entries_.size());
    by_name_.resize(entries_.size());
    std::iota(by_name_.begin(), by_name_.end(), 0U);
    by_id_ = by_name_;
    for (const auto i : by_id_) {
        if (!entries_[i].row.empty()) known_[entries_[i].row] = i;
    }
    // Of several with one name the last in the list counts.
    std::sort(by_name_.begin(), by_name_.end(), [this](std::uint32_t a, std::uint32_t b) {
        const auto order = entries_[a].name <=> entries_[b].name;
        return order == 0 ? a > b : order < 0;
    });
    std::sort(by_id_.begin(), by_id_.end(),
              [this](std::uint32_t a, std::uint32_t b) { return entries_[a].remote_id < entries_[b].remote_id; });
}

const LiveEntry* LiveState::find(const std::string& name) const {
    const auto at =
        std::lower_bound(by_name_.begin(), by_name_.end(), name,
                         [&](std::uint32_t i, const std::string& wanted) { return entries_[i].name < wanted; });
    return at == by_name_.end() || entries_[*at].name != name ? nullptr : &entries_[*at];
}

const LiveEntry* LiveState::find_id(const std::string& remote_id) const {
    const auto at =
        std::lower_bound(by_id_.begin(), by_id_.end(), remote_id,
                         [&](std::uint32_t i, const std::string& wanted) { return entries_[i].remote_id < wanted; });
    return at == by_id_.end() || entries_[*at].remote_id != remote_id ? nullptr : &entries_[*at];
}

Json LiveState::document(const std::string& remote_id) const {
    const auto text = documents_.find(remote_id);
    return text == documents_.end() ? Json() : parse_json(text->second);
}

Digest LiveState::digest(const LiveDocument& document, const CompareRules& rules) const {
    return document_digest(digestible(document, rules));
}

Json LiveState::digestible(const LiveDocument& document, const CompareRules& rules) const {
    return comparable(dialect_.canonical(document.document), rules, settings_.seal_key.reveal());
}

// A list that proves inconsistent begins anew: what was known before it stays known, and where it is.
void LiveState::begin_list() {
    buffered_.clear();
    left_out_ = 0;
    if (!listing_) before_ = entries_.size();
    listing_ = true;
    entries_.resize(before_);
    marks_.assign(before_, Mark::not_listed);
    if (!real_names_.empty()) by_id_.clear(); // so that the names are sorted anew
    for (auto& entry : entries_) {
        if (real_names_.empty()) break;
        if (const auto real = real_names_.find(entry.remote_id); real != real_names_.end()) entry.name = real->second;
    }
    documents_.clear();
    real_names_.clear();
}

// Where the id tells registrations apart, one that was renamed there is still the one that the ledger knows.
void LiveState::call_as_owned(LiveEntry& entry, const Lookups& lookups) {
    if (dialect_.describe().can.names_unique || !lookups.owned) return;
    const auto* owned = lookups.owned(entry.remote_id);
    if (owned == nullptr || owned->name == entry.name) return;
    real_names_[entry.remote_id] = entry.name;
    entry.name = owned->name;
}

// `canonical`: null where the row may be a part only, which is not worth a digest.
LiveEntry LiveState::entry_of(const LiveDocument& live, const Lookups& lookups, Json* canonical) {
    LiveEntry entry;
    entry.remote_id = live.remote_id;
    entry.name = live.name;
    entry.type = live.type;
    entry.version = live.version;
    entry.condition = live.condition;
    read_tags(live.document, entry);
    entry.virtual_server = live.type == "mcp-server/virtual";
    entry.sources = source_names(live.document);
    call_as_owned(entry, lookups);
    if (canonical == nullptr) return entry;
    entry.masked = holds_masked(live.document);
    const auto desired = lookups.desired(entry.name);
    const auto& rules = desired ? desired->rules : dialect_.describe().rules;
    entry.rules = desired ? desired->own_rules : Digest{};
    *canonical = dialect_.canonical(live.document);
    entry.live = document_digest(comparable(*canonical, rules, settings_.seal_key.reveal()));
    return entry;
}

LiveEntry LiveState::read_row(std::string_view raw, const Lookups& lookups, Json* canonical) {
    try {
        return entry_of(dialect_.read(parse_json(raw)), lookups, canonical);
    } catch (const std::invalid_argument& error) {
        throw Failure(NextAction::retry, "control plane: read row " + std::to_string(entries_.size() + 1) +
                                             " of the list: " + error.what());
    }
}

// Kept for a comparison; and of what was ours and left git, so that a rename is recognised.
bool LiveState::needs_document(const LiveEntry& entry, const Lookups& lookups) {
    if (lookups.desired(entry.name)) return !lookups.in_sync(entry);
    return !entry.marker.empty() || (lookups.owned && lookups.owned(entry.remote_id) != nullptr);
}

// Null: never seen, or seen already in this list.
LiveEntry* LiveState::known_row(const Digest& digest) {
    const auto known = known_.find(digest);
    if (known == known_.end() || marks_[known->second] != Mark::not_listed) return nullptr;
    return &entries_[known->second];
}

void LiveState::put(LiveEntry entry) {
    if (auto* known = known_row(entry.row); known != nullptr && *known == entry) return keep(*known);
    append(std::move(entry));
}

// By little more than is needed: there is one for each registration of each unit, and they stay.
void LiveState::append(LiveEntry entry) {
    if (entries_.size() == entries_.capacity()) entries_.reserve(entries_.size() + entries_.size() / 16 + 8);
    marks_.push_back(Mark::moved);
    entries_.push_back(std::move(entry));
}

void LiveState::take_row(std::string_view raw, const Lookups& lookups) {
    const bool whole = dialect_.describe().can.list_rows_complete;
    const auto digest = hmac_sha256(row_key_, raw);
    if (auto* known = known_row(digest)) {
        const auto name = known->name;
        call_as_owned(*known, lookups);
        const auto desired = lookups.desired(known->name);
        const bool same_rules = (desired ? desired->own_rules : Digest{}) == known->rules;
        if (same_rules && !(whole && needs_document(*known, lookups))) return keep(*known);
        known->name = name;
    }
    Json canonical;
    auto entry = read_row(raw, lookups, whole ? &canonical : nullptr);
    entry.row = digest;
    if (whole && needs_document(entry, lookups)) documents_[entry.remote_id] = canonical_json(canonical);
    put(std::move(entry));
}

// Rows that nobody asks about are not read: neither declared nor ours.
bool LiveState::needs_whole_row(const LiveEntry& entry, const Lookups& lookups) {
    const bool declared = lookups.desired(entry.name).has_value();
    const bool ours = !entry.marker.empty() || (lookups.owned && lookups.owned(entry.remote_id) != nullptr);
    if (!declared && !ours) return false;
    return entry.live.empty() || needs_document(entry, lookups);
}

Task<std::optional<LiveDocument>> LiveState::get(Provider& provider, const LiveEntry& entry) {
    Operation operation;
    operation.kind = OperationKind::get;
    operation.remote_id = entry.remote_id;
    operation.name = entry.name;
    std::vector<SecretReference> none;
    auto answer = co_await provider.perform(std::move(operation), std::move(none));
    if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
    auto* done = std::get_if<Done>(&answer);
    if (done == nullptr)
        throw Failure(NextAction::retry, "control plane: read \"" + entry.name + "\": no answer that says what it is");
    co_return std::move(done->document);
}

void LiveState::take_whole(LiveEntry& entry, const LiveDocument& live, const Lookups& lookups) {
    Json canonical;
    auto whole = entry_of(live, lookups, &canonical);
    whole.row = entry.row;
    if (whole.row.empty()) whole.row = hmac_sha256(row_key_, "read " + canonical_json(live.document));
    if (needs_document(whole, lookups)) documents_[whole.remote_id] = canonical_json(canonical);
    entry = std::move(whole);
}

Task<void> LiveState::complete(Provider& provider, const Lookups& lookups) {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (marks_[i] != Mark::not_listed && !entries_[i].row.empty() && needs_whole_row(entries_[i], lookups))
            wanted.push_back(i);
    }
    std::function<Task<void>(std::size_t)> job = [&](std::size_t i) -> Task<void> {
        const auto at = wanted[i];
        auto entry = entries_[at];
        const auto live = co_await get(provider, entry);
        if (live) take_whole(entry, *live, lookups);
        if (!live)
            marks_[at] = Mark::not_listed;
        else if (entry != entries_[at])
            marks_[at] = Mark::moved;
        if (live) entries_[at] = std::move(entry);
    };
    const auto width = static_cast<std::size_t>(std::max(1, dialect_.describe().pacing.concurrency));
    const auto count = wanted.size();
    co_await for_each_index(count, width, std::move(job));
}

void LiveState::add(const std::vector<LiveDocument>& found, const Lookups& lookups) {
    std::set<std::string> added;
    for (const auto& live : found) {
        if (find_id(live.remote_id) != nullptr || !added.insert(live.remote_id).second) continue;
        LiveEntry entry;
        take_whole(entry, live, lookups);
        moved_.push_back(static_cast<std::uint32_t>(entries_.size()));
        entries_.push_back(std::move(entry));
    }
    if (added.empty()) return;
    index_rows();
    refuse_twins();
}

Task<void> LiveState::read_owned(Provider& provider, Lookups lookups, std::vector<OwnedEntry> owned) {
    begin_list();
    const bool readable = dialect_.describe().can.get;
    for (const auto& one : owned) {
        LiveEntry entry;
        entry.remote_id = one.remote_id;
        entry.name = one.name;
        entry.type = one.type;
        entry.version = one.version;
        if (const auto desired = lookups.desired(one.name)) entry.rules = desired->own_rules;
        entry.live = one.answered.empty() ? one.sent : one.answered;
        if (readable) {
            const auto live = co_await get(provider, entry);
            if (!live) continue;
            take_whole(entry, *live, lookups);
        }
        put(std::move(entry));
    }
    end_list();
}

// Rows that were not listed go; those that stay keep their order, so that mostly nothing has to be sorted anew.
void LiveState::end_list() {
    moved_.clear();
    std::vector<std::string> unlisted;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (marks_[i] == Mark::not_listed) {
            if (i < before_) unlisted.push_back(std::move(entries_[i].remote_id));
            continue;
        }
        if (marks_[i] == Mark::moved) moved_.push_back(static_cast<std::uint32_t>(kept));
        if (kept != i) entries_[kept] = std::move(entries_[i]);
        ++kept;
    }
    const bool same = kept == entries_.size() && moved_.empty() && real_names_.empty() && by_id_.size() == kept;
    entries_.resize(kept);
    if (entries_.capacity() > kept + kept / 8 + 16) entries_.shrink_to_fit();
    buffered_ = {};
    marks_ = {};
    listing_ = false;
    if (!same) index_rows();
    for (auto& id : unlisted) {
        if (find_id(id) == nullptr) gone_.push_back(std::move(id));
    }
    refuse_twins();
}

void LiveState::refuse_twins() const {
    if (!dialect_.describe().can.names_unique) return;
    const auto twin = std::adjacent_find(by_name_.begin(), by_name_.end(), [this](std::uint32_t a, std::uint32_t b) {
        return entries_[a].name == entries_[b].name;
    });
    if (twin == by_name_.end()) return;
    throw Failure(NextAction::stop, "control plane: list: two registrations are named \"" + entries_[*twin].name +
                                        "\" though names are unique there; nothing was changed");
}

std::vector<LiveEntry> LiveState::take_moved(std::size_t most) {
    std::vector<LiveEntry> moved;
    while (moved.size() < most && !moved_.empty()) {
        const auto at = moved_.back();
        if (entries_[at].row.empty()) { // only named
            moved_.pop_back();
            continue;
        }
        moved.push_back(entries_[at]);
        const auto real = real_names_.find(moved.back().remote_id);
        if (real != real_names_.end()) moved.back().name = real->second;
        moved_.pop_back();
    }
    return moved;
}

} // namespace kedge
