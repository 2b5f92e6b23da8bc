#include "lease/own_turn.h"

#include "lease/stored_leases.h"
#include "store/forget_store.h"
#include "store/prepared_statement.h"

namespace kedge {

namespace {

// Rows of the table of leases: what they are called there is another thing in a database that members share.
constexpr std::int64_t last_turn = 0; // the uid of the Lease, and the term
constexpr std::int64_t asked_for = 1; // the uid and the member, and the term that it was after

bool stands(Database& turns, std::int64_t row, const std::string& holder, std::int64_t term) {
    PreparedStatement noted(turns, "SELECT holder, term FROM lease WHERE shard = ?1");
    noted.bind(1, row);
    return noted.step() && noted.text(0) == holder && noted.number(1) == term;
}

void note(Database& turns, std::int64_t row, const std::string& holder, std::int64_t term) {
    PreparedStatement put(turns, upsert("lease", "shard", "holder, term, turn"));
    put.bind(1, row);
    put.bind(2, holder);
    put.bind(3, term);
    put.bind(4, 0);
    put.exec();
}

std::string name_of(const std::string& lease, const std::string& member) {
    return lease + " " + member; // a uid has no blank
}

} // namespace

// Who holds it may be this store's member of a moment ago, that never heard so. Where that one would not have had to
// forget anything, its turn counts as one that was begun and did nothing.
void prepare_turn(const StoreEngine& engine, const LeaseTaking& taking) {
    const auto turns = open_leases(engine);
    const auto& before = taking.before;
    turns->guarded("write", [&] {
        Transaction transaction(*turns, Transaction::Kind::write);
        const bool ours = stands(*turns, asked_for, name_of(taking.lease, before.holder), before.term);
        if (ours && stands(*turns, last_turn, taking.lease, before.term - 1))
            note(*turns, last_turn, taking.lease, before.term);
        note(*turns, asked_for, name_of(taking.lease, taking.by), before.term + 1);
        transaction.commit();
    });
}

// Forgotten first, noted afterwards: whoever dies in between forgets once more.
bool begin_turn(const StoreEngine& engine, const std::string& lease, std::int64_t term) {
    const auto turns = open_leases(engine);
    const bool missed = turns->guarded("read", [&] {
        PreparedStatement last(*turns, "SELECT holder, term FROM lease WHERE shard = ?1");
        last.bind(1, last_turn);
        return last.step() && (last.text(0) != lease || last.number(1) + 1 != term);
    });
    if (missed) forget_units(engine);
    turns->guarded("write", [&] { note(*turns, last_turn, lease, term); });
    return missed;
}

} // namespace kedge
