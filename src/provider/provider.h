// One control plane, ready to be asked: the dialect's questions carried over the wire.
#pragma once
#include "base/duration.h"
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

// What can be told of a row without a unit's rules.
struct RowKey {
    std::string name;
    std::string remote_id;
    std::string marker;               // text of the ownership marker; empty: none
    std::vector<std::string> sources; // of a virtual server: names it combines

    bool operator==(const RowKey&) const = default;
};

// What a unit wants of a row of a shared list.
enum class RowUse {
    none, // it does not concern this unit
    key,  // nobody's business but to be counted and named
    whole,
};

struct ListMoment {
    Milliseconds monotonic{0};
    UnixSeconds utc = 0;
};

// Called once a row, with its raw bytes, valid during the call only. `begin` is called before each attempt at a whole
// list (an inconsistent list is asked again): forget the rows so far. `page`: after some rows, at the latest after the
// last one; the next ones wait for it. The others are for lists that units share, and may be absent: `use` chooses,
// `key` gets what is only named, `began` when a list began that somebody else had asked for.
struct RowSink {
    std::function<void()> begin;
    std::function<void(std::string_view row)> row;
    std::function<Task<void>()> page{};
    std::function<RowUse(const RowKey&)> use{};
    std::function<void(const RowKey&)> key{};
    std::function<void(ListMoment)> began{};
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
