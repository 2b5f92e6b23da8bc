// A unit whose path ends in a glob stands for one unit in each folder that fits: NAME-FOLDER. Pure: whoever calls
// brings the folders.
#pragma once
#include "main/settings.h"

#include <set>
#include <string>
#include <vector>

namespace kedge {

struct UnitFolders {
    std::vector<UnitEntry> units; // in the order of `folders`
    std::vector<Finding> findings;
};

// `folders`: paths inside the source, as list_folders gives them. `taken`: names of other units. A folder whose name
// makes no unit name, or one that is taken, is a finding at the place of the unit, and no unit.
UnitFolders expand_unit(const UnitEntry& entry, const std::vector<std::string>& folders,
                        const std::set<std::string>& taken);

} // namespace kedge
