#include "store/database.h"

namespace kedge {

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
    database_.transact(kind == Kind::read ? TransactionStep::begin_read : TransactionStep::begin_write);
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.transact(TransactionStep::roll_back);
    } catch (const std::runtime_error&) { // NOLINT(bugprone-empty-catch): what went wrong was thrown before
    }
}

void Transaction::commit() {
    database_.transact(TransactionStep::commit);
    open_ = false;
}

} // namespace kedge
