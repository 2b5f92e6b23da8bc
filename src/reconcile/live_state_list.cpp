// The part of the live state that takes a list in: its own, or one that units share.
#include "base/failure.h"
#include "reconcile/live_state.h"

namespace kedge {

// What is only counted and named: no text, no digest.
void LiveState::take_key(const RowKey& key) {
    LiveEntry entry;
    entry.remote_id = key.remote_id;
    entry.name = key.name;
    entry.marker = key.marker;
    entry.sources = key.sources;
    entry.virtual_server = !key.sources.empty();
    if (const auto* known = find_id(key.remote_id); known != nullptr && *known == entry) {
        auto& mark = marks_[static_cast<std::size_t>(known - entries_.data())];
        if (mark == Mark::not_listed) {
            mark = Mark::listed;
            return;
        }
    }
    append(std::move(entry));
}

void LiveState::take_buffered(const Lookups& lookups) {
    for (const auto& raw : buffered_) take_row(raw, lookups);
    buffered_.clear();
}

// Reading rows is work for the pool; the next page waits for it, so that no more than one is in memory.
RowSink LiveState::sink(const Lookups& lookups) {
    RowSink sink;
    sink.begin = [this] { begin_list(); };
    sink.row = [this](std::string_view raw) { buffered_.emplace_back(raw); };
    sink.page = [this, &lookups]() -> Task<void> {
        auto read = [this, &lookups] { take_buffered(lookups); };
        return pool_.run(std::move(read));
    };
    if (!lookups.use) return sink;
    sink.use = [this, &lookups](const RowKey& key) {
        const auto use = lookups.use(key);
        left_out_ += use == RowUse::none ? 1 : 0;
        return use;
    };
    sink.key = [this](const RowKey& key) { take_key(key); };
    sink.began = [this](ListMoment moment) { began_ = moment; };
    return sink;
}

Task<void> LiveState::list(Provider& provider, Lookups lookups) {
    began_.reset();
    auto sink = this->sink(lookups);
    const auto answer = co_await provider.list(std::move(sink));
    if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
    if (!std::holds_alternative<Done>(answer))
        throw Failure(NextAction::retry, "control plane: list: no list was given");
    auto rest = [this, &lookups] { take_buffered(lookups); };
    co_await pool_.run(std::move(rest)); // of a provider that has no pages
    if (!dialect_.describe().can.list_rows_complete) co_await complete(provider, lookups);
    end_list();
}

} // namespace kedge
