#include "lease/lease_keeper.h"

#include "base/failure.h"

#include <cstdlib>
#include <utility>

namespace kedge {

namespace {

constexpr UnixSeconds clock_tolerance = 10; // seconds: an answer may be that old

} // namespace

LeaseKeeper::LeaseKeeper(KeeperParts parts, Member me, LeaseTimes times, KeeperCalls calls)
    : parts_(parts), calls_(std::move(calls)), leases_(std::move(me), times), times_(times) {}

void LeaseKeeper::want(std::set<int> shards) {
    leases_.want(std::move(shards));
    waker_.wake();
}

void LeaseKeeper::leave() {
    if (!leaving_) left_at_ = parts_.clock.monotonic();
    leaving_ = true;
    waker_.wake();
}

void LeaseKeeper::end_pass(int shard) {
    leases_.end_pass(shard);
    if (leaving_ || !open_.contains(shard)) waker_.wake(); // it may go now, or begin anew
}

std::string LeaseKeeper::forbids(int shard) {
    if (leases_.may_write(shard, parts_.clock.monotonic())) return {};
    ++refused_;
    return "not sent: this kedge does not hold the lease of shard " + std::to_string(shard) + " any more";
}

Task<void> LeaseKeeper::round() {
    const auto now = parts_.clock.monotonic();
    if (!leaving_ && (beaten_.count() < 0 || now - beaten_ >= times_.duration / 4)) {
        leases_.beat();
        beaten_ = now;
    }
    Member me = leases_.me();
    const auto view = co_await parts_.table.look(std::move(me));
    leases_.saw(view, parts_.clock.monotonic());
    judge_clock(view);
    const auto begun = parts_.clock.monotonic();
    const auto swaps = leases_.due(begun, leaving_);
    if (!swaps.empty()) {
        auto wanted = swaps;
        const auto done = co_await parts_.table.swap(std::move(wanted));
        leases_.wrote(swaps, done, begun, parts_.clock.monotonic());
    }
    auto gone = leases_.gone();
    // What it gives back is shared out at once, though its last pass may take a while.
    if (leaving_) gone.push_back(leases_.me().id);
    if (!gone.empty()) co_await parts_.table.forget(std::move(gone));
}

void LeaseKeeper::judge_clock(const LeaseView& view) {
    if (!view.wall) return;
    const auto ahead = parts_.clock.now() - *view.wall;
    const bool far = std::abs(ahead) > clock_tolerance;
    if (far == !skew_.empty()) return; // told
    skew_.clear();
    if (far)
        skew_ = "the clock of this machine is " + std::to_string(std::abs(ahead)) + " s " +
                (ahead > 0 ? "ahead of" : "behind") + " that of the others; let all of them ask a time server";
    if (far)
        parts_.log.warning("clocks differ", {{"why", skew_}});
    else
        parts_.log.info("clocks agree again");
}

// What is open now, and was not; and the other way round.
void LeaseKeeper::tell() {
    const auto now = leases_.open(parts_.clock.monotonic());
    const auto before = std::exchange(open_, now);
    for (const auto shard : before) {
        if (now.contains(shard)) continue;
        parts_.log.info("shard lost", {{"shard", shard}, {"holder", leases_.holder(shard)}});
        if (calls_.lost) calls_.lost(shard);
    }
    for (const auto shard : now) {
        if (before.contains(shard)) continue;
        parts_.log.info("shard taken", {{"shard", shard}, {"term", static_cast<int>(leases_.term(shard))}});
        if (calls_.opened) calls_.opened(shard);
    }
    for (const auto& stranger : leases_.strangers()) {
        if (calls_.stranger) calls_.stranger(stranger);
    }
    tell_who_holds();
}

void LeaseKeeper::tell_who_holds() {
    std::string holders = problem_;
    for (int shard = 0; shard < shard_count; ++shard) holders += "\n" + leases_.holder(shard);
    if (std::exchange(holders_, holders) != holders && calls_.moved) calls_.moved();
}

Task<void> LeaseKeeper::run() {
    for (;;) {
        std::string problem;
        try {
            co_await round();
        } catch (const Failure& failure) {
            problem = failure.what();
        }
        if (problem != problem_ && !problem.empty()) parts_.log.warning("leases cannot be renewed", {{"why", problem}});
        if (problem.empty() && !problem_.empty()) parts_.log.info("leases can be renewed again");
        problem_ = problem;
        tell();
        const auto now = parts_.clock.monotonic();
        if (leaving_ && (!leases_.holds_any() || now - left_at_ >= times_.duration)) break;
        co_await parts_.clock.nap(leases_.next(now) - now, &waker_);
    }
    std::vector<std::string> me{leases_.me().id};
    try {
        co_await parts_.table.forget(std::move(me));
    } catch (const Failure&) { // NOLINT(bugprone-empty-catch): others see that its beat stands still
    }
}

} // namespace kedge
