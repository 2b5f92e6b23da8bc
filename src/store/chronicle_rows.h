// The tables of chronicle.db and the statements over them. All of it runs on the connection's own thread.
#pragma once
#include "model/history_query.h"
#include "model/pass_record.h"
#include "store/database.h"
#include "store/ledger.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kedge {

Schema chronicle_schema();

// How a unit and its target are called in the tables.
std::string chronicle_scope(const LedgerKey& key);

class ChronicleRows final {
public:
    explicit ChronicleRows(Database& database) : database_(database) {}

    void add(const LedgerKey& key, const PassRecord& record);
    std::int64_t count(const std::string& scope);
    // Takes away at most a few passes and rows, oldest first, so that no pass waits for it long: what ended before that
    // time, and of this unit what is over the number. Gives how many passes of the unit went.
    std::int64_t forget_some(UnixSeconds before, const std::string& scope, std::int64_t over);

    std::vector<PassRecord> recent(const std::string& scope, const std::string& name, int most);
    std::vector<PassRecord> search(const HistoryQuery& query);

private:
    std::int64_t person(const std::string& name);
    void add_changes(std::int64_t pass, const std::vector<ChangeRecord>& changes);
    std::vector<ChangeRecord> changes(std::int64_t pass, const std::string& name, const std::string& people);
    bool forget(std::int64_t pass, std::int64_t& rows_left);

    Database& database_;
};

} // namespace kedge
