// The live rows of one target as the engine keeps them between passes. A row whose bytes are known is not parsed;
// documents are kept only for rows that are not known to be in sync.
#pragma once
#include "dialect/dialect.h"
#include "io/worker.h"
#include "model/ledger_state.h"
#include "plan/match.h"
#include "provider/provider.h"
#include "reconcile/unit_settings.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace kedge {

// What the manifests say about the row of that name: needed while rows stream by.
struct DesiredSide {
    CompareRules rules; // of the dialect and the resource
    Digest own_rules;
};

class LiveState final {
public:
    // All references outlive the state. Rows are read on `pool`.
    LiveState(const UnitSettings& settings, const Dialect& dialect, Worker& pool);

    void restore(std::string row_key, std::vector<LiveEntry> rows);
    bool has_row_key() const { return !row_key_.empty(); }
    const std::string& row_key() const { return row_key_; }
    bool is_listing() const { return listing_; }

    struct Lookups {
        std::function<std::optional<DesiredSide>(const std::string& name)> desired; // nothing: not in git
        std::function<bool(const LiveEntry&)> in_sync;                              // known to be: no document is kept
        std::function<const OwnedEntry*(const std::string& id)> owned;              // null: not ours by the ledger
        std::function<RowUse(const RowKey&)> use; // of a list that units share; empty: every row is wanted whole
    };
    // Asks for the whole list, and for whole rows where the list shows parts of them. Throws Failure where it cannot
    // be had whole.
    Task<void> list(Provider& provider, Lookups lookups);
    // Where there is no list: the registrations that the ledger knows, each by its id. Where they cannot be read
    // either, they are taken to be as the last answer showed them.
    Task<void> read_owned(Provider& provider, Lookups lookups, std::vector<OwnedEntry> owned);
    // Rows that were found by their names, beside the list.
    void add(const std::vector<LiveDocument>& found, const Lookups& lookups);

    // When the last list began, where it was asked for by somebody else.
    const std::optional<ListMoment>& began() const { return began_; }
    // Rows of it that do not concern this unit.
    std::size_t left_out() const { return left_out_; }

    const std::vector<LiveEntry>& entries() const { return entries_; }
    bool has(const std::string& name) const { return find(name) != nullptr; }
    // Where names are not unique: one of them.
    const LiveEntry* find(const std::string& name) const;
    const LiveEntry* find_id(const std::string& remote_id) const;
    // The canonical document of a row; null where none was kept.
    Json document(const std::string& remote_id) const;
    // Live digest of some live document, as the rows are digested; and what it is made of.
    Digest digest(const LiveDocument& document, const CompareRules& rules) const;
    Json digestible(const LiveDocument& document, const CompareRules& rules) const;

    // What moved since the last calls, at most so many: for the memo.
    std::vector<LiveEntry> take_moved(std::size_t most);
    std::vector<std::string> take_gone() { return std::exchange(gone_, {}); }

private:
    // Of each place in entries_, while a list streams by.
    enum class Mark : std::uint8_t { not_listed, listed, moved };

    void begin_list();
    RowSink sink(const Lookups& lookups);
    void take_buffered(const Lookups& lookups);
    void take_row(std::string_view raw, const Lookups& lookups);
    void take_key(const RowKey& key);
    LiveEntry* known_row(const Digest& digest);
    void keep(const LiveEntry& known) { marks_[static_cast<std::size_t>(&known - entries_.data())] = Mark::listed; }
    LiveEntry read_row(std::string_view raw, const Lookups& lookups, Json* canonical);
    LiveEntry entry_of(const LiveDocument& live, const Lookups& lookups, Json* canonical);
    void call_as_owned(LiveEntry& entry, const Lookups& lookups);
    static bool needs_document(const LiveEntry& entry, const Lookups& lookups);
    static bool needs_whole_row(const LiveEntry& entry, const Lookups& lookups);
    void put(LiveEntry entry);
    void append(LiveEntry entry);
    Task<void> complete(Provider& provider, const Lookups& lookups);
    Task<std::optional<LiveDocument>> get(Provider& provider, const LiveEntry& entry);
    void take_whole(LiveEntry& entry, const LiveDocument& live, const Lookups& lookups);
    void end_list();
    void index_rows();
    void refuse_twins() const;

    const UnitSettings& settings_;
    const Dialect& dialect_;
    Worker& pool_;
    std::vector<std::string> buffered_; // rows that nobody looked at yet
    std::optional<ListMoment> began_;
    std::size_t left_out_ = 0;
    std::string row_key_;
    std::vector<LiveEntry> entries_;
    std::vector<Mark> marks_;
    std::size_t before_ = 0;                          // rows known when the list began; new ones stand behind them
    std::unordered_map<Digest, std::uint32_t> known_; // row digest -> place in entries_
    bool listing_ = false;
    std::vector<std::uint32_t> by_name_; // places in entries_, in that order
    std::vector<std::uint32_t> by_id_;
    std::map<std::string, std::string> documents_;  // remote id -> canonical JSON
    std::map<std::string, std::string> real_names_; // remote id -> name in the control plane, where ours is another
    std::vector<std::uint32_t> moved_;              // places in entries_
    std::vector<std::string> gone_;
};

// Name, id and marker of a row, for a list that units share. Throws std::invalid_argument.
RowKey row_key_of(const Dialect& dialect, std::string_view row);

// What a refusal of the control plane means for the pass.
[[noreturn]] void throw_refusal(const Refused& refused);

} // namespace kedge
