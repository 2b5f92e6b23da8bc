#include "lease/lease_table.h"

namespace kedge {

Task<LeaseView> MemoryLeases::look(Member me) {
    auto id = me.id;
    members_[std::move(id)] = std::move(me);
    LeaseView view;
    view.shards = shards_;
    for (const auto& [name, member] : members_) view.members.push_back(member);
    co_return view;
}

Task<std::vector<bool>> MemoryLeases::swap(std::vector<LeaseSwap> swaps) {
    std::vector<bool> done;
    for (auto& [shard, before, after] : swaps) {
        auto& row = shards_[shard];
        done.push_back(row == before);
        if (done.back()) row = std::move(after);
    }
    co_return done;
}

Task<void> MemoryLeases::forget(std::vector<std::string> members) {
    for (const auto& id : members) members_.erase(id);
    co_return;
}

} // namespace kedge
