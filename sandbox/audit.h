// What was asked: the last requests in a bounded ring, and counters over all of them. Bodies are kept as sent and
// masked when read.
#pragma once
#include "base/json.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct AuditEntry {
    std::uint64_t number = 0; // counts from 1
    std::int64_t time_ms = 0;
    std::string method;
    std::string path; // with query
    int status = 0;   // 0: no answer was given
    std::string who;  // role, or empty without a valid token
    std::string slug; // of the person: tokens of one role are told apart by it
    std::string name; // of the manifest, where there is one
    bool dry_run = false;
    bool force = false;
    std::string fault; // kind, where one struck
    std::string body;  // as sent; empty where it was too large to keep
};

struct Counters {
    std::uint64_t requests = 0;
    std::uint64_t writes = 0; // PUT, POST, DELETE that were answered 2xx and no dry run
    std::uint64_t dry_runs = 0;
    std::uint64_t forced = 0;
    std::uint64_t faults = 0;
    std::map<std::string, std::uint64_t> by_route; // "PUT /mcp"
    std::map<int, std::uint64_t> by_status;
};

class Audit final {
public:
    explicit Audit(std::size_t most_entries = 1000, std::size_t most_body_bytes = 16 * 1024)
        : most_entries_(most_entries), most_body_bytes_(most_body_bytes) {}

    // `route` is the pattern that answered, for the counters.
    void record(AuditEntry entry, std::string_view route);
    std::vector<AuditEntry> entries() const; // oldest first, bodies as sent
    std::size_t most_body_bytes() const { return most_body_bytes_; }
    const Counters& counters() const { return counters_; }
    // Entries with a number above `since`, oldest first, secrets masked.
    Json json(std::uint64_t since, std::size_t limit) const;
    Json counters_json() const;
    void clear();

private:
    std::size_t most_entries_;
    std::size_t most_body_bytes_;
    std::vector<AuditEntry> ring_;
    std::size_t oldest_ = 0;
    std::uint64_t last_number_ = 0;
    Counters counters_;
};

} // namespace kedge::sandbox
