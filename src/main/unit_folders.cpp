#include "main/unit_folders.h"

#include "model/marker.h"

#include <algorithm>

namespace kedge {

namespace {

Finding folder_finding(const UnitEntry& entry, const std::string& folder, const std::string& cause,
                       const std::string& hint) {
    Finding finding;
    finding.place = entry.place;
    finding.message = "unit \"" + entry.settings.us.unit + "\": folder \"" + folder + "\": " + cause;
    finding.hint = hint;
    return finding;
}

} // namespace

UnitFolders expand_unit(const UnitEntry& entry, const std::vector<std::string>& folders,
                        const std::set<std::string>& taken) {
    UnitFolders result;
    auto names = taken;
    for (const auto& folder : folders) {
        const auto name = entry.settings.us.unit + "-" + folder.substr(folder.rfind('/') + 1);
        if (!is_unit_name(name)) {
            result.findings.push_back(folder_finding(
                entry, folder, "\"" + name + "\" is no name of a unit",
                "names hold lower-case letters, digits and hyphens only, 32 at most; rename the folder"));
            continue;
        }
        if (!names.insert(name).second) {
            result.findings.push_back(folder_finding(entry, folder, "there is a unit named \"" + name + "\" already",
                                                     "rename the folder, or one of the two units"));
            continue;
        }
        auto unit = entry;
        unit.settings.us.unit = name;
        unit.path = folder;
        const auto& chosen = entry.chosen_names;
        unit.chosen = entry.chosen || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
        unit.chosen_names.clear();
        result.units.push_back(std::move(unit));
    }
    return result;
}

} // namespace kedge
