#include "tests/contract/plane.h"

namespace kedge {

Trouble Fate::of_next(bool is_write) {
    ++requests_;
    writes_ += is_write ? 1 : 0;
    if (dead_) return Trouble::lost_before;
    const bool now = requests_ == plan_.request || (is_write && writes_ == plan_.write);
    dead_ = now && stays_dead_;
    return now ? plan_.trouble : Trouble::none;
}

void Fate::let_through() {
    for (const auto& request : std::exchange(late_, {})) request();
}

std::vector<LiveDocument> rows_named(Plane& plane, const std::string& name) {
    auto rows = plane.rows();
    std::erase_if(rows, [&](const LiveDocument& row) { return row.name != name; });
    return rows;
}

} // namespace kedge
