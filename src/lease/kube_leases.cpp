#include "lease/kube_leases.h"

#include "base/remote_words.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

// Of the object: one that was deleted and made anew has another one.
std::string uid_of(const KubeLease& lease) {
    const auto metadata = lease.document.find("metadata");
    return metadata == lease.document.end() || !metadata->is_object() ? "" : text_at(*metadata, "uid");
}

} // namespace

void KubeLeases::take(std::optional<KubeLease> lease) {
    const auto version = [](const std::optional<KubeLease>& one) { return one ? one->version : std::string(); };
    const bool moved = version(lease) != version(lease_);
    const bool seen_before = lease_.has_value();
    lease_ = std::move(lease);
    wall_.reset();
    if (!moved) return;
    if (lease_ && seen_before) wall_ = parse_utc(lease_->renewed); // a moment ago, by another one
    auto turn = row_.turn + 1;
    row_ = lease_ ? LeaseRow{lease_->holder, lease_->transitions, turn} : LeaseRow{};
}

Task<LeaseView> KubeLeases::look(Member me) {
    auto& api = api_();
    auto space = named_.space.empty() ? api.place().own : named_.space;
    auto name = named_.name;
    auto lease = co_await api.lease(std::move(space), std::move(name));
    take(std::move(lease));
    LeaseView view;
    if (lease_) view.shards[0] = row_;
    view.members.push_back(std::move(me));
    view.wall = wall_;
    co_return view;
}

Task<bool> KubeLeases::swap_one(LeaseSwap swap) {
    if (swap.shard != 0 || swap.before != row_) co_return false;
    auto& api = api_();
    KubeLease wanted = lease_.value_or(KubeLease{});
    wanted.space = named_.space.empty() ? api.place().own : named_.space;
    wanted.name = named_.name;
    wanted.holder = swap.after.holder;
    wanted.duration_seconds = std::max<std::int64_t>(1, named_.duration.count() / 1000);
    wanted.renewed = kube_time(named_.now(), 0);
    if (swap.after.term != swap.before.term) wanted.acquired = wanted.renewed;
    wanted.transitions = swap.after.term;
    const bool takes = !swap.after.holder.empty() && swap.after.term != swap.before.term;
    if (takes && lease_ && named_.takes) {
        LeaseTaking taking{uid_of(*lease_), swap.before, swap.after.holder};
        co_await named_.takes(std::move(taking));
    }
    std::optional<KubeLease> now;
    if (lease_)
        now = co_await api.update(std::move(wanted));
    else
        now = co_await api.create(std::move(wanted));
    if (!now) co_return false;
    lease_ = std::move(now);
    row_ = swap.after;
    if (takes && named_.taken) {
        std::string uid = uid_of(*lease_);
        co_await named_.taken(std::move(uid), row_.term);
    }
    co_return true;
}

Task<std::vector<bool>> KubeLeases::swap(std::vector<LeaseSwap> swaps) {
    std::vector<bool> done;
    for (auto& one : swaps) {
        auto swap = std::move(one);
        const bool swapped = co_await swap_one(std::move(swap));
        done.push_back(swapped);
    }
    co_return done;
}

Task<void> KubeLeases::forget(std::vector<std::string>) {
    co_return;
}

} // namespace kedge
