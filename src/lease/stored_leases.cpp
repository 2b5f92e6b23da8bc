#include "lease/stored_leases.h"

#include "store/prepared_statement.h"

#include <string_view>
#include <utility>

namespace kedge {

namespace {

constexpr std::string_view schema_1 = R"sql(
CREATE TABLE lease (
    shard INTEGER NOT NULL, holder TEXT NOT NULL, term INTEGER NOT NULL, turn INTEGER NOT NULL, PRIMARY KEY (shard)) STRICT, WITHOUT ROWID;
CREATE TABLE member (
    id TEXT NOT NULL, version TEXT NOT NULL, store_schema INTEGER NOT NULL, beat INTEGER NOT NULL, PRIMARY KEY (id)) STRICT, WITHOUT ROWID;
)sql";

Schema lease_schema() {
    Schema schema;
    schema.name = "lease";
    schema.kind = "list of leases";
    schema.application_id = 0x6B646765; // "kdge"
    schema.migrations = {schema_1};
    return schema;
}

std::vector<Member> read_members(Database& database) {
    PreparedStatement rows(database, "SELECT id, version, store_schema, beat FROM member ORDER BY id");
    std::vector<Member> members;
    while (rows.step()) members.push_back({rows.text(0), rows.text(1), rows.number(2), rows.number(3)});
    return members;
}

UnixSeconds wall_of(Database& database) {
    PreparedStatement clock(database, "SELECT unixepoch()");
    clock.step();
    return clock.number(0);
}

LeaseView read(Database& database) {
    LeaseView view;
    const Transaction snapshot(database, Transaction::Kind::read);
    PreparedStatement rows(database, "SELECT shard, holder, term, turn FROM lease ORDER BY shard");
    while (rows.step()) view.shards[static_cast<int>(rows.number(0))] = {rows.text(1), rows.number(2), rows.number(3)};
    view.members = read_members(database);
    return view;
}

void put(Database& database, const Member& me) {
    PreparedStatement put(database, upsert("member", "id", "version, store_schema, beat"));
    put.bind(1, me.id);
    put.bind(2, me.version);
    put.bind(3, me.schema);
    put.bind(4, me.beat);
    put.exec();
}

bool swap_one(Database& database, const LeaseSwap& swap) {
    if (swap.before == LeaseRow{}) {
        PreparedStatement add(database, "INSERT INTO lease (shard, holder, term, turn) VALUES (?, ?, ?, ?) "
                                        "ON CONFLICT DO NOTHING");
        add.bind(1, swap.shard);
        add.bind(2, swap.after.holder);
        add.bind(3, swap.after.term);
        add.bind(4, swap.after.turn);
        return add.exec() == 1;
    }
    PreparedStatement move(database, "UPDATE lease SET holder = ?1, term = ?2, turn = ?3 "
                                     "WHERE shard = ?4 AND holder = ?5 AND term = ?6 AND turn = ?7");
    move.bind(1, swap.after.holder);
    move.bind(2, swap.after.term);
    move.bind(3, swap.after.turn);
    move.bind(4, swap.shard);
    move.bind(5, swap.before.holder);
    move.bind(6, swap.before.term);
    move.bind(7, swap.before.turn);
    return move.exec() == 1;
}

} // namespace

StoredLeases::StoredLeases(const StoreEngine& engine) : database_(open_leases(engine)) {}

std::unique_ptr<Database> open_leases(const StoreEngine& engine) {
    return engine.open(lease_schema());
}

Task<LeaseView> StoredLeases::look(Member me) {
    auto work = [this, me = std::move(me)] {
        return database_->guarded("read", [&] {
            const bool beats = me.beat != beat_;
            if (beats) put(*database_, me);
            beat_ = me.beat;
            auto view = read(*database_);
            if (beats) view.wall = wall_of(*database_);
            return view;
        });
    };
    co_return co_await worker_.run(std::move(work));
}

// In the order of shards: two members that swap at once wait for each other, and never both.
Task<std::vector<bool>> StoredLeases::swap(std::vector<LeaseSwap> swaps) {
    auto work = [this, swaps = std::move(swaps)] {
        return database_->guarded("write", [&] {
            std::vector<bool> done;
            Transaction transaction(*database_, Transaction::Kind::write);
            for (const auto& one : swaps) done.push_back(swap_one(*database_, one));
            transaction.commit();
            return done;
        });
    };
    co_return co_await worker_.run(std::move(work));
}

Task<void> StoredLeases::forget(std::vector<std::string> members) {
    auto work = [this, members = std::move(members)] {
        database_->guarded("write", [&] {
            PreparedStatement remove(*database_, "DELETE FROM member WHERE id = ?");
            for (const auto& id : members) {
                remove.bind(1, id);
                remove.exec();
                remove.reset();
            }
        });
    };
    co_await worker_.run(std::move(work));
}

std::vector<Member> StoredLeases::members() {
    return database_->guarded("read", [this] { return read_members(*database_); });
}

} // namespace kedge
