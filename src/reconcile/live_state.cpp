#include "reconcile/live_state.h"

#include "base/failure.h"
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

Json LiveState::document(const std::string& name) const {
    const auto text = documents_.find(name);
    return text == documents_.end() ? Json() : Json::parse(text->second);
}

Digest LiveState::digest(const LiveDocument& document, const CompareRules& rules) const {
    return document_digest(digestible(document, rules));
}

Json LiveState::digestible(const LiveDocument& document, const CompareRules& rules) const {
    return comparable(dialect_.canonical(document.document), rules, settings_.seal_key.reveal());
}

// A list that proves inconsistent begins anew: what was known before it stays known.
void LiveState::begin_list() {
    if (!listing_) previous_ = std::move(entries_);
    listing_ = true;
    entries_.clear();
    by_name_.clear();
    documents_.clear();
}

LiveEntry LiveState::parse_row(std::string_view raw, const Lookups& lookups, Json& canonical) const {
    const auto live = dialect_.read(parse_json(raw));
    LiveEntry entry;
    entry.remote_id = live.remote_id;
    entry.name = live.name;
    entry.type = live.type;
    entry.version = live.version;
    entry.masked = holds_masked(live.document);
    read_tags(live.document, entry);
    entry.virtual_server = live.type == "mcp-server/virtual";
    entry.sources = source_names(live.document);
    const auto desired = lookups.desired(entry.name);
    const auto& rules = desired ? desired->rules : dialect_.describe().rules;
    entry.rules = desired ? desired->own_rules : Digest{};
    canonical = dialect_.canonical(live.document);
    entry.live = document_digest(comparable(canonical, rules, settings_.seal_key.reveal()));
    return entry;
}

void LiveState::take_row(std::string_view raw, const Lookups& lookups) {
    const auto digest = hmac_sha256(row_key_, raw);
    Json canonical;
    LiveEntry entry;
    bool parsed = false;
    const auto parse = [&] {
        try {
            entry = parse_row(raw, lookups, canonical);
        } catch (const std::invalid_argument& error) {
            throw Failure(NextAction::retry, "control plane: read row " + std::to_string(entries_.size() + 1) +
                                                 " of the list: " + error.what());
        }
        entry.row = digest;
        parsed = true;
    };
    if (const auto* known = known_row(digest)) {
        entry = *known;
        const auto desired = lookups.desired(entry.name);
        if ((desired ? desired->own_rules : Digest{}) != entry.rules) parse();
    } else {
        parse();
    }
    if (by_name_.contains(entry.name) && dialect_.describe().can.names_unique) {
        throw Failure(NextAction::stop, "control plane: list: two registrations are named \"" + entry.name +
                                            "\" though names are unique there; nothing was changed");
    }
    // Kept for a comparison; and of what was ours and left git, so that a rename is recognised.
    const bool wanted = lookups.desired(entry.name) ? !lookups.in_sync(entry) : !entry.marker.empty();
    if (wanted) {
        if (!parsed) parse();
        documents_[entry.name] = canonical_json(canonical);
    }
    by_name_[entry.name] = entries_.size();
    entries_.push_back(std::move(entry));
}

void LiveState::end_list() {
    moved_.clear();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto* before = known_row(entries_[i].row);
        if (before == nullptr || !(*before == entries_[i])) moved_.push_back(static_cast<std::uint32_t>(i));
    }
    for (const auto& before : previous_) {
        const auto* now = find(before.name);
        if (now == nullptr || now->remote_id != before.remote_id) gone_.push_back(before.remote_id);
    }
    previous_ = {};
    listing_ = false;
    remember_rows();
}

std::vector<LiveEntry> LiveState::take_moved(std::size_t most) {
    std::vector<LiveEntry> moved;
    while (moved.size() < most && !moved_.empty()) {
        moved.push_back(entries_[moved_.back()]);
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
    end_list();
}

} // namespace kedge
