// One SQLite file of the store, STORE/NAME.db. One process at a time: the holder of the StoreLock.
#pragma once
#include "store/store_copy.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct SqliteOptions {
    int busy_ms = 2000;         // how long to wait for another process that holds the file
    std::int64_t max_pages = 0; // bound of the file in pages of 4 KiB; 0: none
};

StoreEngine sqlite_engine(std::filesystem::path store, SqliteOptions options = {});

StorePlace sqlite_place(const std::filesystem::path& store);

class SqliteDatabase final : public Database {
public:
    // Makes folder and file where they are missing. Throws UnusableStore, else Failure.
    SqliteDatabase(std::filesystem::path file, Schema schema, const SqliteOptions& options);
    ~SqliteDatabase() override { compiled().clear(); }

    std::unique_ptr<Statement> compile(const std::string& sql) override;
    std::vector<std::int64_t> new_ids(const std::string& table, std::size_t count) override;
    void transact(TransactionStep step) override;

protected:
    void explain(std::string_view attempt, const std::runtime_error& error) const override;

private:
    void make_file();
    void refuse_leftovers() const;
    void open_file(const SqliteOptions& options);
    void judge();
    void migrate();
    [[noreturn]] void unusable(const std::string& cause) const;
    [[noreturn]] void translate(std::string_view attempt, const SQLite::Exception& error) const;

    std::filesystem::path file_;
    Schema schema_;
    std::unique_ptr<SQLite::Database> connection_;
};

} // namespace kedge
