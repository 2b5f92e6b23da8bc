// One control plane, ready to be asked: the dialect's questions carried over the wire.
#pragma once
#include "dialect/dialect.h"
#include "io/task.h"
#include "model/live.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kedge {

// The end of an operation (a Step that is no Send).
using Answer = std::variant<Done, Held, Blocked, Refused, Unsure>;

// Called once a row, with its raw bytes, valid during the call only. `begin` is called before each attempt at a whole
// list (an inconsistent list is asked again): forget the rows so far.
struct RowSink {
    std::function<void()> begin;
    std::function<void(std::string_view row)> row;
};

struct RequestCounts {
    int list = 0;
    int dry_runs = 0;
    int writes = 0;
    int other = 0;

    bool operator==(const RequestCounts&) const = default;
};

class Provider {
public:
    virtual ~Provider() = default;
    virtual const Dialect& dialect() const = 0;
    // A complete and consistent list, or Refused. Done.listed is the number of rows.
    virtual Task<Answer> list(RowSink sink) = 0;
    // Everything else. Secret references of `references` are resolved here, and only for create and update; a rehearsal
    // carries the text `kedge-unresolved` in their place.
    virtual Task<Answer> perform(Operation operation, std::vector<SecretReference> references) = 0;
    virtual RequestCounts counts() const = 0;
};

} // namespace kedge
