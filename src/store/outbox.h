// Notifications that wait to be delivered, and what was told already, so that neither is lost nor told again when kedge
// starts anew. Bounded by who fills it.
#pragma once
#include "base/duration.h"
#include "io/task.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

struct OutboxMessage {
    std::int64_t id = 0;  // given by the outbox, rising: the order of delivery; 0: could not be stored
    std::string receiver; // configured name
    std::string format;   // what the body is written for
    std::string kind;     // of the notification
    std::string delivery; // unique, the same in every attempt
    std::string body;
    UnixSeconds made = 0;

    bool operator==(const OutboxMessage&) const = default;
};

// What was told of a unit and still holds: opaque to the outbox.
using Told = std::set<std::string>;

struct OutboxState {
    std::vector<OutboxMessage> waiting; // in order
    std::map<std::string, Told> told;   // by unit

    bool operator==(const OutboxState&) const = default;
};

// All throw Failure where nothing was read or written.
class Outbox {
public:
    virtual ~Outbox() = default;
    virtual Task<OutboxState> load() = 0;
    // One transaction: the messages, and what is told of the unit from now on. Gives the ids of the messages, in order.
    virtual Task<std::vector<std::int64_t>> add(std::vector<OutboxMessage> messages, std::string unit, Told told) = 0;
    virtual Task<void> remove(std::vector<std::int64_t> ids) = 0;
};

// A run without a store: what waits is lost with it.
class MemoryOutbox final : public Outbox {
public:
    Task<OutboxState> load() override;
    Task<std::vector<std::int64_t>> add(std::vector<OutboxMessage> messages, std::string unit, Told told) override;
    Task<void> remove(std::vector<std::int64_t> ids) override;

private:
    OutboxState state_;
    std::int64_t last_id_ = 0;
};

} // namespace kedge
