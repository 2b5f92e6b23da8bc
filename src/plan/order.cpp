#include "plan/make_plan.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace kedge {

namespace {

// Where a change stands: the rank of its type, raised to the highest of its sources, then how many sources deep it
// lies.
struct Level {
    std::size_t rank = 0;
    int depth = 0;
};

class Levels {
public:
    Levels(const std::vector<Change>& changes, const Description& description,
           const std::map<std::string, std::vector<std::string>>& sources_of)
        : sources_of_(sources_of) {
        for (const auto& change : changes) {
            const auto& order = description.type_order;
            const auto found = std::find(order.begin(), order.end(), change.type);
            // Types that are not named come first.
            own_rank_[change.name] = found == order.end() ? 0 : static_cast<std::size_t>(found - order.begin()) + 1;
        }
    }

    Level of(const std::string& name) {
        if (const auto known = levels_.find(name); known != levels_.end()) return known->second;
        // Two virtual servers that name each other: whoever is asked first counts as the source.
        levels_[name] = {own_rank_.at(name), 0};
        Level level = levels_[name];
        const auto sources = sources_of_.find(name);
        if (sources != sources_of_.end()) {
            for (const auto& source : sources->second) {
                if (source == name || !own_rank_.contains(source)) continue;
                const auto below = of(source);
                level.rank = std::max(level.rank, below.rank);
                level.depth = std::max(level.depth, below.depth + 1);
            }
        }
        levels_[name] = level;
        return level;
    }

private:
    const std::map<std::string, std::vector<std::string>>& sources_of_;
    std::unordered_map<std::string, std::size_t> own_rank_;
    std::unordered_map<std::string, Level> levels_;
};

} // namespace

void sort_for_execution(std::vector<Change>& changes, const Description& description,
                        const std::map<std::string, std::vector<std::string>>& sources_of) {
    // By name first, so that levels are asked for in one order whatever the order of the changes.
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        return std::tie(a.name, a.remote_id) < std::tie(b.name, b.remote_id);
    });
    Levels levels(changes, description, sources_of);
    std::unordered_map<std::string, Level> level_of;
    for (const auto& change : changes) level_of.emplace(change.name, levels.of(change.name));
    const auto key = [&](const Change& change) {
        const auto& level = level_of.at(change.name);
        return std::tie(level.rank, level.depth, change.name, change.remote_id);
    };
    std::sort(changes.begin(), changes.end(), [&](const Change& a, const Change& b) {
        const bool a_goes = a.action == Action::remove;
        const bool b_goes = b.action == Action::remove;
        if (a_goes != b_goes) return b_goes;
        return a_goes ? key(b) < key(a) : key(a) < key(b);
    });
}

} // namespace kedge
