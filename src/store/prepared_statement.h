// A statement of a Database that is compiled once and used again: SQLite spends more on compiling an INSERT than on
// running it. Used like SQLite::Statement; at the end of its scope it is reset and kept, without values when it is used
// again.
#pragma once
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <functional>
#include <map>
#include <string>

namespace kedge {

class Database;

// What one connection has compiled and does not use just now, by its text.
using CompiledStatements = std::map<std::string, SQLite::Statement, std::less<>>;

class PreparedStatement final : public SQLite::Statement {
public:
    // Throws SQLite::Exception for a text that this schema does not fit. `database` outlives it.
    PreparedStatement(Database& database, const std::string& sql);
    ~PreparedStatement();
    PreparedStatement(PreparedStatement&&) = delete;
    PreparedStatement& operator=(PreparedStatement&&) = delete;

private:
    Database& database_;
};

} // namespace kedge
