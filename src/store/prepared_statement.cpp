#include "store/prepared_statement.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kedge {

PreparedStatement::PreparedStatement(Database& database, std::string sql) : database_(database), sql_(std::move(sql)) {
    auto kept = database_.compiled().extract(sql_);
    if (kept.empty()) {
        statement_ = database_.compile(sql_);
        return;
    }
    statement_ = std::move(kept.mapped());
    statement_->reset(true);
}

PreparedStatement::~PreparedStatement() {
    statement_->reset(false);
    database_.compiled().emplace(std::move(sql_), std::move(statement_));
}

std::int64_t PreparedStatement::exec_for_id() {
    const auto id = step() ? number(0) : 0;
    reset();
    return id;
}

void PreparedStatement::bind_digest(int index, const Digest& digest) {
    std::string_view bytes;
    if (!digest.empty()) bytes = {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()}; // NOLINT
    bind_bytes(index, bytes);
}

bool PreparedStatement::read_digest(int column, Digest& digest) const {
    const auto stored = bytes(column);
    if (!stored.empty() && stored.size() != digest.bytes.size()) return false;
    if (!stored.empty()) std::memcpy(digest.bytes.data(), stored.data(), stored.size());
    return true;
}

std::string upsert(const std::string& table, const std::string& keys, const std::string& values) {
    std::string places = "?";
    for (const char c : keys + "," + values) places += c == ',' ? ", ?" : "";
    std::string assignments;
    for (std::size_t at = 0; at < values.size();) {
        const auto end = std::min(values.find(", ", at), values.size());
        const auto column = values.substr(at, end - at);
        assignments += (assignments.empty() ? "" : ", ") + column + " = excluded." + column;
        at = end + 2;
    }
    return "INSERT INTO " + table + " (" + keys + ", " + values + ") VALUES (" + places + ") ON CONFLICT (" + keys +
           ") DO UPDATE SET " + assignments;
}

} // namespace kedge
