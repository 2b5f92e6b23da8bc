// The tables of the ledger: how each value of model/ledger_state.h becomes a row and comes back, sealed. Blocking;
// transactions are the caller's.
#pragma once
#include "model/ledger_state.h"
#include "store/database.h"
#include "store/ledger.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

Schema ledger_schema();

class LedgerRows final {
public:
    explicit LedgerRows(Database& database) : database_(database) {}

    std::optional<std::int64_t> find_unit(const LedgerKey& key);
    std::int64_t make_unit(const LedgerKey& key);
    LedgerPins pins(std::int64_t unit);
    void set_pins(std::int64_t unit, const LedgerPins& pins);
    void remove_unit(std::int64_t unit);

    std::map<std::string, OwnedEntry> owned(std::int64_t unit, const std::string& name = {}); // empty: all
    void put_owned(std::int64_t unit, const std::vector<OwnedEntry>& entries);
    void forget(std::int64_t unit, const std::vector<std::string>& names);

    std::vector<Intent> open_intents(std::int64_t unit);
    std::vector<std::int64_t> add_intents(std::int64_t unit, const std::vector<Intent>& intents);
    void close(std::int64_t unit, const std::vector<IntentOutcome>& outcomes);

    // Writes of the last day, oldest first.
    std::vector<PastWrite> recent(std::int64_t unit);
    void add_writes(std::int64_t unit, const std::vector<PastWrite>& writes);

    // Spent entries are kept with the intent that spent them (0: none), so that freeing one write does not free
    // another.
    std::set<std::string> spent(std::int64_t unit);
    void spend(std::int64_t unit, const std::vector<std::string>& entries, std::int64_t intent);

    // What live registrations were when we last knew them; and those that are not so any more.
    std::map<std::string, std::string> known(std::int64_t unit, const std::vector<std::string>& names);
    void put_known(std::int64_t unit, const std::vector<KnownDocument>& documents);
    std::map<std::string, LiveMove> moved(std::int64_t unit);
    void set_moved(std::int64_t unit, const std::map<std::string, LiveMove>& moved);
    void settle_moved(std::int64_t unit, const std::vector<std::string>& names);
    // By remote id: since when it carries the tag that pauses it. What was written carries it no more.
    std::map<std::string, UnixSeconds> tagged(std::int64_t unit);
    void set_tagged(std::int64_t unit, const std::map<std::string, UnixSeconds>& tagged);
    void settle_tagged(std::int64_t unit, const std::vector<std::string>& remote_ids);
    UnixSeconds listed(std::int64_t unit);
    void set_listed(std::int64_t unit, UnixSeconds at);

    std::set<std::string> manifest_paths(std::int64_t unit);
    void set_manifest_paths(std::int64_t unit, const std::set<std::string>& paths);

private:
    [[noreturn]] void damaged(const std::string& table, const std::string& cause) const;
    std::vector<std::string> ids_of(const std::string& table, const std::string& text) const;
    void let_go(std::int64_t unit, const std::string& name, const std::string& remote_id);
    void check_seal(const std::string& table, std::int64_t stored, std::int64_t expected) const;

    Database& database_;
};

} // namespace kedge
