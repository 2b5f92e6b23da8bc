// The part of a unit that reads its manifests, one reader at a time, and tells the other units of the target.
#include "base/failure.h"
#include "reconcile/unit.h"

namespace kedge {

void Unit::join(std::shared_ptr<TargetBoard> board, bool siblings_rest) {
    leave();
    board_ = std::move(board);
    siblings_rest_ = siblings_rest;
    published_ = false;
    board_->join(settings_.us.unit, [this](bool again) { return read_for_others(again); });
}

void Unit::leave() {
    if (board_) board_->leave(settings_.us.unit);
    board_.reset();
}

std::optional<MemoState> Unit::remembered() const {
    if (!memo_open_) return std::nullopt;
    MemoState state;
    state.row_key = live_.row_key();
    for (const auto& [path, file] : desired_.files()) state.files.push_back(file);
    if (!live_.is_listing()) state.rows = live_.entries(); // half a list is none
    state.verdicts = verdicts_;
    state.rehearsed = rehearsed_;
    return state;
}

void Unit::take_after(const Unit& other) {
    stoppages_ = other.stoppages_;
    releases_ = other.releases_;
    if (other.identity_) identity_ = other.identity_;
}

Task<std::shared_ptr<AtEnd>> Unit::take_turn() {
    while (reading_) co_await readers_.wait();
    reading_ = true;
    std::function<void()> end = [this] {
        reading_ = false;
        readers_.wake();
    };
    co_return std::make_shared<AtEnd>(std::move(end));
}

Task<void> Unit::refresh(std::function<bool(const IndexEntry&)> wanted) {
    step("read manifests", 0, 0);
    const auto began = parts_.clock.monotonic();
    std::exception_ptr failure;
    std::string why;
    bool moved = false;
    try {
        moved = co_await desired_.refresh(held_paths_, wanted);
    } catch (const Failure& error) {
        failure = std::current_exception();
        why = error.what();
    }
    read_at_ = parts_.clock.monotonic();
    publish(moved, began, why);
    if (failure) std::rethrow_exception(failure);
}

Task<bool> Unit::source_moved() {
    const auto snapshot = co_await parts_.source.fetch();
    co_return !desired_.shows(snapshot);
}

void Unit::publish(bool moved, Milliseconds began, const std::string& problem) {
    if (!board_) return;
    const auto& snapshot = desired_.snapshot();
    Reading reading;
    reading.problem = problem.empty() && !desired_.valid() ? "it has manifests with errors" : problem;
    reading.revision = snapshot.revision.id;
    reading.began = began - snapshot.age;
    if (!problem.empty() || (published_ && !moved)) return board_->publish(settings_.us.unit, std::move(reading));
    std::vector<Declared> names;
    for (const auto& [file, entry] : desired_.entries()) {
        const Place place{file->path, entry->line, 0};
        names.push_back({entry->name, place});
    }
    board_->publish(settings_.us.unit, std::move(reading), std::move(names));
    published_ = true;
}

Task<void> Unit::read_for_others(bool again) {
    const auto turn = co_await take_turn();
    if (!board_ || (!again && board_->was_read(settings_.us.unit))) co_return;
    try {
        if (looked_) {
            const bool moved = co_await source_moved();
            if (moved) publish(false, parts_.clock.monotonic(), "its source has moved since it was looked at");
            co_return;
        }
        co_await open_memo();
        auto key = ledger_key();
        const auto ledger = co_await parts_.ledger.load(std::move(key));
        held_paths_ = ledger.manifest_paths;
        parts_.source.pin(ledger.pins.commit);
        // Its own look comes next, mostly.
        std::function<bool(const IndexEntry&)> wanted = [&ledger](const IndexEntry& entry) {
            const auto owned = ledger.owned.find(entry.name);
            return owned == ledger.owned.end() || owned->second.sent != entry.desired;
        };
        co_await refresh(std::move(wanted));
    } catch (const Failure& failure) {
        publish(false, parts_.clock.monotonic(), failure.what()); // who asked prunes nothing, and says why
    }
}

} // namespace kedge
