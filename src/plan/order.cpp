#include "plan/make_plan.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

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
        : changes_(changes), sources_of_(sources_of), levels_(changes.size()), states_(changes.size(), State::unseen) {
        const auto& order = description.type_order;
        for (std::size_t i = 0; i < changes.size(); ++i) {
            const auto found = std::find(order.begin(), order.end(), changes[i].type);
            // Types that are not named come first.
            levels_[i].rank = found == order.end() ? 0 : static_cast<std::size_t>(found - order.begin()) + 1;
            if (!sources_of.empty()) by_name_.emplace(changes[i].name, i);
        }
    }

    Level of(const Change& change) {
        const auto index = static_cast<std::size_t>(&change - changes_.data());
        if (!sources_of_.empty()) visit(index);
        return levels_[index];
    }

private:
    enum class State : std::uint8_t { unseen, on_the_way, done };

    // Without recursion: a chain of virtual servers can be as long as the tree has files.
    void visit(std::size_t start) {
        std::vector<std::pair<std::size_t, std::size_t>> way; // change, and which of its sources is next
        if (states_[start] == State::unseen) way.emplace_back(start, 0);
        while (!way.empty()) {
            const std::size_t at = way.back().first;
            states_[at] = State::on_the_way;
            const auto found = sources_of_.find(changes_[at].name);
            if (found == sources_of_.end() || way.back().second == found->second.size()) {
                states_[at] = State::done;
                way.pop_back();
                continue;
            }
            const auto source = by_name_.find(found->second[way.back().second]);
            const bool comes = source != by_name_.end() && source->second != at;
            if (comes && states_[source->second] == State::unseen) {
                way.emplace_back(source->second, 0); // and then look at it again
                continue;
            }
            // Two that name each other: whoever was asked first counts as the source.
            if (comes) raise(levels_[at], levels_[source->second]);
            ++way.back().second;
        }
    }

    static void raise(Level& level, const Level& source) {
        level.rank = std::max(level.rank, source.rank);
        level.depth = std::max(level.depth, source.depth + 1);
    }

    const std::vector<Change>& changes_;
    const std::map<std::string, std::vector<std::string>>& sources_of_;
    std::unordered_map<std::string_view, std::size_t> by_name_;
    std::vector<Level> levels_;
    std::vector<State> states_;
};

struct Spot {
    const Change* change = nullptr;
    Level level;
};

// Afterwards changes[i] is what changes[order[i]] was. Circle by circle, so that no second list is needed.
void move_into(std::vector<std::size_t>& order, std::vector<Change>& changes) {
    for (std::size_t start = 0; start < order.size(); ++start) {
        if (order[start] == start) continue;
        Change first = std::move(changes[start]);
        std::size_t at = start;
        while (order[at] != start) {
            const auto from = std::exchange(order[at], at);
            changes[at] = std::move(changes[from]);
            at = from;
        }
        changes[at] = std::move(first);
        order[at] = at;
    }
}

auto by_name(const Change& change) {
    return std::tie(change.name, change.remote_id);
}

} // namespace

void sort_for_execution(std::vector<Change>& changes, const Description& description, const Links& links) {
    auto sources_of = links.declared;
    for (const auto& [name, sources] : links.live) sources_of.emplace(name, sources);
    // Changes are large: spots are sorted, and then each change moves to its place.
    std::vector<Spot> spots;
    spots.reserve(changes.size());
    for (const auto& change : changes) spots.push_back({&change, {}});
    // By name first, so that levels are asked for in one order whatever the order of the changes.
    std::sort(spots.begin(), spots.end(),
              [](const Spot& a, const Spot& b) { return by_name(*a.change) < by_name(*b.change); });
    Levels levels(changes, description, sources_of);
    for (auto& spot : spots) spot.level = levels.of(*spot.change);
    const auto lower = [](const Spot& a, const Spot& b) {
        return std::tie(a.level.rank, a.level.depth) < std::tie(b.level.rank, b.level.depth);
    };
    const auto going = std::stable_partition(spots.begin(), spots.end(),
                                             [](const Spot& spot) { return spot.change->action != Action::remove; });
    std::stable_sort(spots.begin(), going, lower);
    std::stable_sort(going, spots.end(), lower);
    std::reverse(going, spots.end());
    std::vector<std::size_t> order;
    order.reserve(spots.size());
    for (const auto& spot : spots) order.push_back(static_cast<std::size_t>(spot.change - changes.data()));
    move_into(order, changes);
}

} // namespace kedge
