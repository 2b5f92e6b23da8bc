#include "lease/own_turn.h"

#include "lease/stored_leases.h"
#include "store/forget_store.h"
#include "store/prepared_statement.h"

namespace kedge {

// Forgotten first, noted afterwards: whoever dies in between forgets once more.
bool begin_turn(const StoreEngine& engine, const std::string& lease, std::int64_t term) {
    const auto turns = open_leases(engine);
    const bool missed = turns->guarded("read", [&] {
        PreparedStatement last(*turns, "SELECT holder, term FROM lease WHERE shard = 0");
        return last.step() && (last.text(0) != lease || last.number(1) + 1 != term);
    });
    if (missed) forget_units(engine);
    turns->guarded("write", [&] {
        PreparedStatement note(*turns, upsert("lease", "shard", "holder, term, turn"));
        note.bind(1, 0);
        note.bind(2, lease);
        note.bind(3, term);
        note.bind(4, 0);
        note.exec();
    });
    return missed;
}

} // namespace kedge
