// Checks across files: names that stand twice, virtual servers whose sources are missing, circles among them.
#pragma once
#include "model/index.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

struct CrossCheck {
    std::vector<Finding> findings;
    std::set<std::string> invalid; // names of which no document counts
};

// `live_has` says whether a registration of that name is live; null: not known, then a missing source is a warning.
CrossCheck cross_check(const std::vector<DesiredEntry>& entries,
                       const std::function<bool(const std::string&)>& live_has);
CrossCheck cross_check(const std::vector<FileIndex>& files, const std::function<bool(const std::string&)>& live_has);

} // namespace kedge
