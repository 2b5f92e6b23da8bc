// A replacement: a delete and a create, in the order that the control plane allows.
#include "apply/change_run.h"

namespace kedge {

// Each step has an intent of its own, written before its send.
Task<void> ChangeRun::carry_out_replace() {
    std::string by_what = "a replacement";
    const bool free = co_await nobody_is_signed_out(std::move(by_what));
    if (!free) co_return;
    const bool creatable = co_await can_be_created();
    if (!creatable) {
        co_await close(false, std::nullopt, false);
        co_return;
    }
    if (can().names_unique) {
        co_await remove_then_create();
    } else {
        co_await create_then_remove();
    }
}

// Names are unique: the old one has to go first.
Task<void> ChangeRun::remove_then_create() {
    auto first = intent();
    co_await open(std::move(first));
    auto removed = co_await send_remove();
    if (!std::holds_alternative<Done>(removed)) {
        co_await finish(std::move(removed));
        co_return;
    }
    co_await close(true, std::nullopt, true);
    auto second = intent();
    second.action = Action::create;
    second.remote_id.clear();
    co_await open(std::move(second));
    auto created = co_await send(false);
    co_await finish(std::move(created));
    if (outcome_.result != Result::done) outcome_.text = "deleted, but not created again: " + outcome_.text;
}

// The new one is there before the old one goes. Its id is in the ledger before the next request goes out, and the old
// one's as superseded: whatever happens from then on, the old one is deleted next.
Task<void> ChangeRun::create_then_remove() {
    auto first = intent();
    first.action = Action::create;
    first.remote_id.clear();
    co_await open(std::move(first));
    auto created = co_await send(false);
    std::optional<LiveDocument> answer;
    if (auto* done = std::get_if<Done>(&created)) answer = std::move(done->document);
    if (auto* blocked = std::get_if<Blocked>(&created)) answer = blocked->document;
    if (!answer || answer->remote_id.empty()) {
        co_await finish(std::move(created));
        co_return;
    }
    std::string known;
    auto owned = owned_entry(answer, known);
    outcome_.remote_id = owned.remote_id;
    if (owned.remote_id != change_->remote_id) owned.superseded.push_back(change_->remote_id);
    co_await close(true, std::move(owned), false, std::move(known));
    auto second = intent();
    second.action = Action::remove;
    second.release_entry.clear();
    second.known_ids.clear();
    co_await open(std::move(second));
    auto removed = co_await send_remove();
    const auto* blocked = std::get_if<Blocked>(&created);
    if (std::holds_alternative<Done>(removed)) {
        outcome_.result = blocked == nullptr ? Result::done : Result::blocked;
        if (blocked != nullptr) outcome_.text = words_of(blocked->condition);
        co_await close(true, std::nullopt, true);
        co_return;
    }
    co_await finish(std::move(removed));
    outcome_.text = "created again as \"" + outcome_.remote_id + "\", but \"" + change_->remote_id +
                    "\" is not deleted yet: " + outcome_.text;
}

} // namespace kedge
