// Misbehaviour on demand: which requests (method, path, name, dry run or not), which kind, how often, after how many.
// Pure.
#pragma once
#include "base/http_message.h"
#include "base/json.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

enum class FaultKind {
    status,         // answers `status`; 502 with an HTML body
    too_many,       // 429 with Retry-After in seconds
    too_many_date,  // 429 with Retry-After as a date
    too_many_reset, // 429 with X-RateLimit-Reset
    slow,           // answers as usual, `ms` later
    reset_before,   // the connection ends, nothing was done
    reset_after,    // it was done, then the connection ends
    truncate,       // it was done, the connection ends in the middle of the answer
    cut_json,       // it was done, a whole HTTP answer holds half of the JSON
    empty,          // it was done, 200 without a body
    silent,         // nothing was done, no answer ever
};

struct FaultKindRow {
    FaultKind kind;
    std::string_view name;
    std::string_view meaning;
};

const std::vector<FaultKindRow>& fault_table();

struct Fault {
    std::string method = "*";
    std::string path = "**"; // glob over the path (of TrueFoundry: after /api/svc/v1)
    FaultKind kind = FaultKind::status;
    int status = 500;
    int count = 1; // how many requests it hits; 0: all
    int skip = 0;  // lets that many matching requests pass first
    int ms = 1000;
    int seconds = 1;     // of Retry-After and X-RateLimit-Reset
    bool after = false;  // a status is answered though the request was carried out
    std::string name;    // glob over the manifest's name; empty: any
    std::string when;    // "dry", "real" or empty: any
    std::string message; // of a status

    bool operator==(const Fault&) const = default;
};

// "PUT /mcp 503 count=2 skip=1" or "* ** slow ms=200": method, path, kind (a name of fault_table or a status),
// settings. The problem in words where the text makes no sense.
struct FaultText {
    Fault fault;
    std::string problem;
};
FaultText parse_fault(std::string_view text);
FaultText fault_from_json(const Json& json);
Json fault_json(const Fault& fault);

struct FaultedRequest {
    std::string_view method;
    std::string_view path; // after the prefix, without query
    std::string_view name; // of the manifest, where there is one
    std::optional<bool> dry_run;
};

class Faults final {
public:
    void add(Fault fault);
    void clear() { active_.clear(); }
    bool none() const { return active_.empty(); }
    bool wants_bodies() const; // some fault asks for name or dry run
    // The first fault that hits this request; it is counted.
    std::optional<Fault> take(const FaultedRequest& request);
    Json json() const;

private:
    struct Active {
        Fault fault;
        int passed = 0;
        int hit = 0;
    };
    std::vector<Active> active_;
};

// The answer of a status fault; `refuse` words it as the product does.
HttpResponse fault_response(const Fault& fault, std::int64_t now_ms,
                            const std::function<HttpResponse(int, const std::string&)>& refuse);

} // namespace kedge::sandbox
