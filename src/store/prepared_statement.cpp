#include "store/prepared_statement.h"

#include "store/database.h"

#include <utility>

namespace kedge {

namespace {

SQLite::Statement take(Database& database, const std::string& sql) {
    auto compiled = database.compiled().extract(sql);
    if (compiled.empty()) return {database.connection(), sql};
    compiled.mapped().clearBindings();
    return std::move(compiled.mapped());
}

} // namespace

PreparedStatement::PreparedStatement(Database& database, const std::string& sql)
    : SQLite::Statement(take(database, sql)), database_(database) {}

PreparedStatement::~PreparedStatement() {
    tryReset(); // what it failed with was thrown when it ran; this says the same once more
    std::string sql = getQuery();
    database_.compiled().try_emplace(std::move(sql), std::move(static_cast<SQLite::Statement&>(*this)));
}

} // namespace kedge
