#include "store/memory_stoppages.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

bool is_it(const CommandRelease& release, const std::string& unit, const std::string& entry) {
    return release.unit == unit && release.release.entry().hex() == entry;
}

} // namespace

std::string stoppage_key(const Stoppage& stoppage) {
    if (stoppage.kind == StoppageKind::freeze) return "freeze/" + stoppage.name;
    std::string key = "pause";
    for (const auto& unit : stoppage.units) key += "/" + unit;
    return key + "/" + stoppage.resource;
}

Task<StandingCommands> MemoryStoppages::load() {
    StandingCommands standing;
    for (const auto& [key, stoppage] : stoppages_) standing.stoppages.push_back(stoppage);
    standing.releases = releases_;
    co_return standing;
}

Task<void> MemoryStoppages::put(Stoppage stoppage) {
    auto key = stoppage_key(stoppage);
    stoppages_.insert_or_assign(std::move(key), std::move(stoppage));
    co_return;
}

Task<void> MemoryStoppages::remove(Stoppage stoppage) {
    stoppages_.erase(stoppage_key(stoppage));
    co_return;
}

Task<void> MemoryStoppages::put(CommandRelease release) {
    const auto entry = release.release.entry().hex();
    const auto same = std::find_if(releases_.begin(), releases_.end(),
                                   [&](const CommandRelease& one) { return is_it(one, release.unit, entry); });
    if (same == releases_.end())
        releases_.push_back(std::move(release));
    else
        *same = std::move(release);
    co_return;
}

Task<void> MemoryStoppages::remove_release(std::string unit, std::string entry) {
    std::erase_if(releases_, [&](const CommandRelease& one) { return is_it(one, unit, entry); });
    co_return;
}

} // namespace kedge
