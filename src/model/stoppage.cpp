#include "model/stoppage.h"

#include <algorithm>

namespace kedge {

bool stops(const Stoppage& stoppage, const std::string& unit, const std::string& resource) {
    const auto& units = stoppage.units;
    if (!units.empty() && std::find(units.begin(), units.end(), unit) == units.end()) return false;
    return stoppage.resource.empty() || stoppage.resource == resource;
}

} // namespace kedge
