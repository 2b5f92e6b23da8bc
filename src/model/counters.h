// What a running kedge counts of itself, for /metrics. Plain values that one thread adds to; whatever outsiders choose
// (a status, a unit's name) makes a bounded number of rows.
#pragma once
#include "base/duration.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kedge {

// One number for each combination of label values.
class Tally final {
public:
    using Labels = std::vector<std::string>;
    // More rows than so many are counted together, every label "other".
    explicit Tally(std::size_t most_rows) : most_rows_(most_rows) {}
    Tally() = default;

    void add(const Labels& labels, double by = 1) { row(labels) += by; }
    void set(const Labels& labels, double value) { row(labels) = value; }
    // Drops the rows whose first label this is: a unit that is gone, or whose rows are about to be set anew.
    void forget(const std::string& first);
    void clear() { rows_.clear(); }
    const std::map<Labels, double>& rows() const { return rows_; }
    double of(const Labels& labels) const; // 0 where there is no such row

private:
    double& row(const Labels& labels);
    std::size_t most_rows_ = 4000;
    std::map<Labels, double> rows_;
};

// How long something took.
class Durations final {
public:
    static constexpr std::array<double, 12> bounds{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900}; // seconds
    void add(Milliseconds took);
    const std::array<std::uint64_t, bounds.size() + 1>& counts() const { return counts_; } // the last: longer
    double seconds() const { return seconds_; }                                            // all together

private:
    std::array<std::uint64_t, bounds.size() + 1> counts_{};
    double seconds_ = 0;
};

// The comment behind a tally names its labels. Those that are `set` show how it is; the others only grow.
struct Counters {
    // filled by the loop
    Tally passes;               // unit, result: "ok", "failed", "superseded", "stopped"
    Durations pass_durations;   // of all units
    Tally changes;              // action, outcome: as in a report
    Tally holds;                // set: unit, reason
    Tally oldest_hold;          // set: unit, reason -> UnixSeconds since when the oldest of them waits
    Tally budget;               // set: unit, kind -> share of the hour's allowance that is used, 0 to 1
    Tally requests;             // target, method, status ("200", "none" where no answer came)
    Tally limiter_waits;        // target: requests that had to wait for their turn
    Tally limiter_wait_seconds; // target
    Tally fetches;              // source, result: "moved", "same", "failed"
    Tally leases;               // set: shard -> 1 where this member holds it, else 0
    double writes_fenced = 0;   // that were not begun, because the lease was over
    double queue_depth = 0;     // passes that are due and have not begun
    double longest_step = 0;    // seconds of processor time that one step took on the loop, at most so far

    // filled by the doors
    Tally webhooks;      // kind, result: "accepted", "ignored", "duplicate", "invalid", "refused", "limited", "failed"
    Tally http_requests; // operation, status
    Tally refusals;      // reason: why callers of the API were turned away
    double event_streams = 0;
    Tally reloads;  // of the settings; result: "ok", "refused"
    Tally previews; // result: "success", "failure", "waiting", "failed" (the forge or the store did not take it)

    // filled by whoever asks the system
    UnixSeconds started = 0;
    double resident_bytes = 0;
};

} // namespace kedge
