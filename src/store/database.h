// One SQLite file of the store: made whole or not at all, versioned, and with every error turned into a Failure that
// names the file, the cause and what to do. What the tables mean is left to the ledger and the memo.
#pragma once
#include "base/failure.h"
#include "store/prepared_statement.h"

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

struct Schema {
    std::string_view kind;                    // "ledger", for messages
    std::int64_t application_id = 0;          // tells our file from somebody else's
    std::vector<std::string_view> migrations; // forward only; their number is the schema version
    bool durable = true;                      // a commit survives a power cut
    bool check_structure = true;              // look for damage when opening
};

// The bytes in the file cannot be relied on: damaged, somebody else's, or written by a newer kedge.
class UnusableStore final : public Failure {
public:
    explicit UnusableStore(const std::string& text) : Failure(NextAction::stop, text) {}
};

class Database final {
public:
    // Makes folder and file where they are missing. Throws UnusableStore, else Failure.
    Database(std::filesystem::path file, Schema schema, const SqliteOptions& options);

    SQLite::Database& connection() { return *connection_; }
    CompiledStatements& compiled() { return compiled_; } // for PreparedStatement
    const std::filesystem::path& file() const { return file_; }
    // Place and file, as every message begins.
    std::string place() const;

    // `attempt`: "read" or "write". What SQLite throws inside comes out as a Failure.
    template<class Work>
    auto guarded(std::string_view attempt, Work&& work) {
        try {
            return work();
        } catch (const SQLite::Exception& error) {
            translate(attempt, error);
        }
    }

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
    CompiledStatements compiled_;
};

} // namespace kedge
