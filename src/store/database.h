// One of the things a store is made of (the ledger, the memo, ...) as tables of an engine: made whole or not at all,
// versioned, and with every error turned into a Failure that names the place, the cause and what to do. What the tables
// mean is left to the ledger and the memo; their SQL is one text for all engines.
#pragma once
#include "base/failure.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct Schema {
    std::string_view name;                    // "ledger": of the file, and of the schema of a server
    std::string_view kind;                    // "list of pauses", for messages
    std::int64_t application_id = 0;          // tells our file from somebody else's
    std::vector<std::string_view> migrations; // forward only; their number is the schema version
    bool durable = true;                      // a commit survives a power cut
    bool check_structure = true;              // look for damage when opening
};

// What is stored cannot be relied on: damaged, somebody else's, or written by a newer kedge.
class UnusableStore final : public Failure {
public:
    explicit UnusableStore(const std::string& text) : Failure(NextAction::stop, text) {}
};

// A value of a row. `bytes` of a cell live until the next step of its statement.
struct Cell {
    std::int64_t number = 0;
    std::string_view bytes; // of texts and blobs
};
struct Bound {
    enum class Kind { number, text, bytes };
    Kind kind = Kind::number;
    std::int64_t number = 0;
    std::string_view bytes; // those of a blob have to live until the statement has run
};

// One compiled statement of one engine. Columns count from 0, parameters from 1: `?`, or `?1` where one stands twice.
class Statement {
public:
    virtual ~Statement() = default;
    virtual void bind(int index, const Bound& value) = 0;
    virtual bool step() = 0;         // to the next row; false: there is none
    virtual std::int64_t exec() = 0; // where no rows come; gives how many were touched
    virtual Cell cell(int column) const = 0;
    virtual void reset(bool without_values) = 0;
};

enum class TransactionStep { begin_read, begin_write, commit, roll_back };

class Database {
public:
    virtual ~Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Place and name, as every message begins.
    const std::string& place() const { return place_; }

    // `attempt`: "read" or "write". What the engine throws inside comes out as a Failure. A connection that was lost is
    // there again, or the Failure says why it is not.
    template<class Work>
    auto guarded(std::string_view attempt, Work&& work) {
        try {
            make_ready();
            return work();
        } catch (const std::runtime_error& error) {
            explain(attempt, error); // returns where it is no error of the engine's
            throw;
        }
    }
    virtual std::unique_ptr<Statement> compile(const std::string& sql) = 0;
    // For rows whose ids are not given by an INSERT.
    virtual std::vector<std::int64_t> new_ids(const std::string& table, std::size_t count) = 0;
    virtual void transact(TransactionStep step) = 0;

    // What is compiled and not used just now, by its text: for PreparedStatement.
    std::multimap<std::string, std::unique_ptr<Statement>, std::less<>>& compiled() { return compiled_; }

protected:
    explicit Database(std::string place) : place_(std::move(place)) {}
    virtual void make_ready() {}
    virtual void explain(std::string_view attempt, const std::runtime_error& error) const = 0;

private:
    std::string place_;
    std::multimap<std::string, std::unique_ptr<Statement>, std::less<>> compiled_;
};

// Rolled back unless it is committed.
class Transaction final {
public:
    enum class Kind { read, write }; // one that reads sees one state of everything
    Transaction(Database& database, Kind kind);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

// Where a store is kept. Copied at will; opens each of the things it is made of.
struct StoreEngine {
    // Makes it where it is missing, blocking for some milliseconds. Throws UnusableStore, else Failure.
    std::function<std::unique_ptr<Database>(const Schema&)> open;
    std::function<void(const Schema&)> discard; // for good; never throws
};

} // namespace kedge
