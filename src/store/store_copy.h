// A store as a whole, whatever keeps it: what is in it, and a copy of it in another one. Since all engines share their
// tables, a copy of a database is a folder that kedge can work on, and the other way round.
#pragma once
#include "store/database.h"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

// A place with all that a copy has to know of it.
struct StorePlace {
    StoreEngine engine;
    // 0: there is none yet. Changes nothing. Throws Failure.
    std::function<std::int64_t(const Schema&)> version;
    // No id of this table up to that one is given again.
    std::function<void(Database&, const std::string& table, std::int64_t last)> raise_ids;
};

struct StorePart {
    std::string name;
    std::int64_t version = 0;                               // 0: it is not there
    std::int64_t known = 0;                                 // that this kedge makes of it
    std::vector<std::pair<std::string, std::int64_t>> rows; // by table
    std::string problem;                                    // why it cannot be used; empty: it can
};

// Reads every row, migrates nothing.
std::vector<StorePart> inspect_store(const StorePlace& place);
// Everything but the memo, at the versions that it has; each part as it is at one moment, the ledger last.
// Throws Failure where `to` is not empty, before anything is written.
std::vector<StorePart> copy_store(const StorePlace& from, const StorePlace& to);

} // namespace kedge
