// How the one SQL text of the store is said to PostgreSQL, and how bytes that its texts cannot hold travel in them.
// Pure.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

// `?` and `?1` become `$1`.
std::string postgres_statement(std::string_view sql);

// A migration: INTEGER, BLOB, AUTOINCREMENT, STRICT. Texts are compared byte by byte, as SQLite does; a table that has
// a row id there has a column of that name here.
std::string postgres_migration(std::string_view sql);

// A text holds any bytes for us, but only UTF-8 without NUL for PostgreSQL: others travel as \x01 and two hex digits.
// Most texts need nothing, and stay what people read.
std::string to_postgres_text(std::string_view text);
std::string from_postgres_text(std::string_view text);

// The answer's form of bytes: \x and hex digits. Throws std::runtime_error.
std::string from_postgres_bytes(std::string_view hex);

} // namespace kedge
