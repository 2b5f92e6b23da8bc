// Rows that are read again before the write, many by one request, once the list that a plan was made from is old. What
// can only be read alone (or must be, right before it is deleted) is left to the run of its change.
#pragma once
#include "apply/execute.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

struct FreshRow {
    bool there = false;
    std::string remote_id;
    Digest live;
    Milliseconds read_at{0};
};

class FreshRows final {
public:
    // `order`: all changes that will run, in the order in which they will.
    FreshRows(ExecuteContext& context, const std::vector<const Change*>& order);

    // Is the list of the plan too old for this change, or was it never young enough?
    bool wanted(const Change& change) const;
    // Before some changes run: asks for those whose rows are old, and for as many of the next as one request can name.
    Task<void> before(std::vector<const Change*> wave);
    // What was read a moment ago; null: it has to be read alone.
    const FreshRow* find(const Change& change) const;
    FreshRow row_of(const std::optional<LiveDocument>& document) const;

private:
    bool is_old(Milliseconds read_at) const;
    Task<void> read(std::vector<const Change*> changes);

    ExecuteContext& context_;
    std::vector<const Change*> order_; // those that are not always read alone
    std::map<std::string, FreshRow> rows_;
    bool many_ = false; // the control plane can be asked for many, and did not refuse so far
};

} // namespace kedge
