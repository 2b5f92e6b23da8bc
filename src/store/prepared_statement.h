// A statement of a Database that is compiled once and used again: engines spend more on compiling an INSERT than on
// running it. At the end of its scope it is reset and kept, without values when it is used again.
#pragma once
#include "base/digest.h"
#include "store/database.h"

#include <memory>
#include <string>
#include <string_view>

namespace kedge {

class PreparedStatement final {
public:
    // Throws what the engine throws for a text that its schema does not fit. `database` outlives it.
    PreparedStatement(Database& database, std::string sql);
    ~PreparedStatement();
    PreparedStatement(PreparedStatement&&) = delete;
    PreparedStatement& operator=(PreparedStatement&&) = delete;

    // Texts are copied; bytes have to live until the statement has run.
    void bind(int index, std::int64_t value) { statement_->bind(index, {Bound::Kind::number, value, {}}); }
    void bind(int index, int value) { bind(index, std::int64_t{value}); }
    void bind(int index, std::string_view text) { statement_->bind(index, {Bound::Kind::text, 0, text}); }
    void bind_bytes(int index, std::string_view bytes) { statement_->bind(index, {Bound::Kind::bytes, 0, bytes}); }
    void bind_digest(int index, const Digest& digest);

    bool step() { return statement_->step(); }
    std::int64_t exec() { return statement_->exec(); }
    std::int64_t exec_for_id(); // of an INSERT that is RETURNING the id of its row; reset after it
    void reset() { statement_->reset(false); }

    std::int64_t number(int column) const { return statement_->cell(column).number; }
    bool flag(int column) const { return number(column) != 0; }
    std::string_view bytes(int column) const { return statement_->cell(column).bytes; } // until the next step
    std::string text(int column) const { return std::string(bytes(column)); }
    bool read_digest(int column, Digest& digest) const; // false: of an impossible length

private:
    Database& database_;
    std::string sql_;
    std::unique_ptr<Statement> statement_;
};

// INSERT, or UPDATE of the row with these keys. Columns as in SQL: "unit, name"; parameters in the order of keys, then
// values.
std::string upsert(const std::string& table, const std::string& keys, const std::string& values);

} // namespace kedge
