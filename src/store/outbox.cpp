#include "store/outbox.h"

#include <algorithm>
#include <utility>

namespace kedge {

Task<OutboxState> MemoryOutbox::load() {
    co_return state_;
}

Task<std::vector<std::int64_t>> MemoryOutbox::add(std::vector<OutboxMessage> messages, std::string unit, Told told) {
    std::vector<std::int64_t> ids;
    for (auto& message : messages) {
        message.id = ++last_id_;
        ids.push_back(message.id);
        state_.waiting.push_back(std::move(message));
    }
    if (told.empty())
        state_.told.erase(unit);
    else
        state_.told[unit] = std::move(told);
    co_return ids;
}

Task<void> MemoryOutbox::remove(std::vector<std::int64_t> ids) {
    std::erase_if(state_.waiting, [&](const OutboxMessage& message) {
        return std::find(ids.begin(), ids.end(), message.id) != ids.end();
    });
    co_return;
}

} // namespace kedge
