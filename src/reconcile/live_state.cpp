#include "reconcile/live_state.h"

#include "base/failure.h"
#include "io/run.h"
#include "manifest/load.h"
#include "model/marker.h"
#include "model/secret_fields.h"
#include "plan/compare.h"

#include <algorithm>

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

LiveState::LiveState(const UnitSettings& settings, const Dialect& dialect) : settings_(settings), dialect_(dialect) {}

void LiveState::restore(std::string row_key, std::vector<LiveEntry> rows) {
    row_key_ = std::move(row_key);
    entries_ = std::move(rows);
    remember_rows();
}

void LiveState::remember_rows() {
    known_.clear();
    known_.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) known_[entries_[i].row] = static_cast<std::uint32_t>(i);
}

const LiveEntry* LiveState::known_row(const Digest& digest) const {
    const auto known = known_.find(digest);
    return known == known_.end() ? nullptr : &previous_[known->second];
}

const LiveEntry* LiveState::find(const std::string& name) const {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : &entries_[at->second];
}

const LiveEntry* LiveState::find_id(const std::string& remote_id) const {
    const auto at = by_id_.find(remote_id);
    return at == by_id_.end() ? nullptr : &entries_[at->second];
}

Json LiveState::document(const std::string& remote_id) const {
    const auto text = documents_.find(remote_id);
    return text == documents_.end() ? Json() : Json::parse(text->second);
}

Digest LiveState::digest(const LiveDocument& document, const CompareRules& rules) const {
    return document_digest(comparable(dialect_.canonical(document.document), rules, settings_.seal_key.reveal()));
}

// A list that proves inconsistent begins anew: what was known before it stays known.
void LiveState::begin_list() {
    if (!listing_) {
        previous_ = std::move(entries_);
        for (auto& entry : previous_) {
            if (const auto real = real_names_.find(entry.remote_id); real != real_names_.end())
                entry.name = real->second;
        }
    }
    listing_ = true;
    entries_.clear();
    by_name_.clear();
    by_id_.clear();
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
    return !entry.marker.empty();
}

void LiveState::put(LiveEntry entry) {
    if (by_name_.contains(entry.name) && dialect_.describe().can.names_unique) {
        throw Failure(NextAction::stop, "control plane: list: two registrations are named \"" + entry.name +
                                            "\" though names are unique there; nothing was changed");
    }
    by_name_[entry.name] = entries_.size();
    by_id_[entry.remote_id] = entries_.size();
    entries_.push_back(std::move(entry));
}

void LiveState::take_row(std::string_view raw, const Lookups& lookups) {
    const bool whole = dialect_.describe().can.list_rows_complete;
    const auto digest = hmac_sha256(row_key_, raw);
    Json canonical;
    LiveEntry entry;
    bool parsed = false;
    const auto parse = [&] {
        entry = read_row(raw, lookups, whole ? &canonical : nullptr);
        entry.row = digest;
        parsed = true;
    };
    if (const auto* known = known_row(digest)) {
        entry = *known;
        call_as_owned(entry, lookups);
        const auto desired = lookups.desired(entry.name);
        if ((desired ? desired->own_rules : Digest{}) != entry.rules) parse();
    } else {
        parse();
    }
    if (whole && needs_document(entry, lookups)) {
        if (!parsed) parse();
        documents_[entry.remote_id] = canonical_json(canonical);
    }
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
        if (needs_whole_row(entries_[i], lookups)) wanted.push_back(i);
    }
    std::set<std::size_t> gone;
    std::function<Task<void>(std::size_t)> job = [&](std::size_t i) -> Task<void> {
        const auto before = entries_[wanted[i]];
        const auto live = co_await get(provider, before);
        if (live) {
            take_whole(entries_[wanted[i]], *live, lookups);
        } else {
            gone.insert(wanted[i]);
        }
    };
    const auto width = static_cast<std::size_t>(std::max(1, dialect_.describe().pacing.concurrency));
    const auto count = wanted.size();
    co_await for_each_index(count, width, std::move(job));
    if (gone.empty()) co_return;
    auto all = std::move(entries_);
    entries_.clear();
    by_name_.clear();
    by_id_.clear();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!gone.contains(i)) put(std::move(all[i]));
    }
}

void LiveState::add(const LiveDocument& live, const Lookups& lookups) {
    if (by_id_.contains(live.remote_id)) return;
    LiveEntry entry;
    take_whole(entry, live, lookups);
    moved_.push_back(static_cast<std::uint32_t>(entries_.size()));
    put(std::move(entry));
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

void LiveState::end_list() {
    moved_.clear();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto* before = known_row(entries_[i].row);
        if (before == nullptr || !(*before == entries_[i])) moved_.push_back(static_cast<std::uint32_t>(i));
    }
    for (const auto& before : previous_) {
        if (!by_id_.contains(before.remote_id)) gone_.push_back(before.remote_id);
    }
    previous_ = {};
    listing_ = false;
    remember_rows();
}

std::vector<LiveEntry> LiveState::take_moved(std::size_t most) {
    std::vector<LiveEntry> moved;
    while (moved.size() < most && !moved_.empty()) {
        moved.push_back(entries_[moved_.back()]);
        const auto real = real_names_.find(moved.back().remote_id);
        if (real != real_names_.end()) moved.back().name = real->second;
        moved_.pop_back();
    }
    return moved;
}

Task<void> LiveState::list(Provider& provider, Lookups lookups) {
    RowSink sink;
    sink.begin = [this] { begin_list(); };
    sink.row = [this, &lookups](std::string_view raw) { take_row(raw, lookups); };
    const auto answer = co_await provider.list(std::move(sink));
    if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
    if (!std::holds_alternative<Done>(answer))
        throw Failure(NextAction::retry, "control plane: list: no list was given");
    if (!dialect_.describe().can.list_rows_complete) co_await complete(provider, lookups);
    end_list();
}

} // namespace kedge
