// One of the things a store is made of as a schema of a PostgreSQL database: PREFIX_ledger, PREFIX_memo, ... Several
// processes may have it open; whoever finds an older version migrates it while nobody else does. A connection that was
// lost is made anew by the next call.
#pragma once
#include "store/database.h"
#include "store/postgres_connection.h"
#include "store/store_copy.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

StoreEngine postgres_engine(PostgresOptions options);

StorePlace postgres_place(const PostgresOptions& options);

class PostgresDatabase final : public Database {
public:
    // Connects and makes or migrates the schema. Throws UnusableStore, else Failure.
    PostgresDatabase(PostgresOptions options, Schema schema);
    ~PostgresDatabase() override { compiled().clear(); }

    std::unique_ptr<Statement> compile(const std::string& sql) override;
    std::vector<std::int64_t> new_ids(const std::string& table, std::size_t count) override;
    void transact(TransactionStep step) override;

    PostgresConnection& connection() { return connection_; }
    void discard(); // the schema and all that is in it

protected:
    void make_ready() override;
    void explain(std::string_view attempt, const std::runtime_error& error) const override;

private:
    std::string schema_name() const; // quoted
    std::int64_t version();          // 0: there is none yet
    void settle_in();
    void be_present();
    void migrate();
    void judge(std::int64_t version) const;

    PostgresConnection connection_;
    Schema schema_;
    int ready_for_ = 0;            // the generation of the connection that was looked at
    std::uint64_t statements_ = 0; // each has a name of its own
};

} // namespace kedge
