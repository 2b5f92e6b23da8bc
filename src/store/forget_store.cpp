#include "store/forget_store.h"

#include "store/ledger_rows.h"
#include "store/prepared_statement.h"
#include "store/stored_stoppages.h"

#include <string>
#include <vector>

namespace kedge {

namespace {

void empty(const StoreEngine& engine, const Schema& schema, const std::vector<std::string>& tables) {
    const auto database = engine.open(schema);
    database->guarded("write", [&] {
        Transaction whole(*database, Transaction::Kind::write);
        for (const auto& table : tables) {
            PreparedStatement remove(*database, "DELETE FROM " + table);
            remove.exec();
        }
        whole.commit();
    });
}

} // namespace

void forget_units(const StoreEngine& engine) {
    empty(engine, ledger_schema(),
          {"owned", "intent", "past_write", "spent", "manifest_path", "known", "moved", "listed", "tagged", "unit"});
    empty(engine, stoppages_schema(), {"release"});
}

} // namespace kedge
