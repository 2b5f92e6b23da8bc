// Checks across files: names that stand twice, virtual servers whose sources are missing, circles among them.
#pragma once
#include "model/index.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// What one finding is about: the name of a manifest, or one of the sources that it combines.
struct Spot {
    DesiredEntry declared;
    std::string source;                // empty: the name
    std::optional<DesiredEntry> other; // whose place the message tells as well

    Place place() const { return {declared.file->path, declared.entry->line, 0}; }
};

struct CrossCheck {
    std::vector<Finding> findings;
    std::vector<Spot> spots;       // of each finding
    std::set<std::string> invalid; // names of which no document counts
};

// `live_has` says whether a registration of that name is live; null: not known, then a missing source is a warning.
CrossCheck cross_check(const std::vector<DesiredEntry>& entries,
                       const std::function<bool(const std::string&)>& live_has);
CrossCheck cross_check(const std::vector<FileIndex>& files, const std::function<bool(const std::string&)>& live_has);

// An index knows only where a manifest begins: points the first hundred findings at the very line, with its excerpt.
// `texts`: of the files that files_to_read() names, by path; of what is missing the place stays as it is.
std::vector<const FileIndex*> files_to_read(const CrossCheck& check);
void point_at_lines(CrossCheck& check, const std::map<std::string, std::string>& texts);

} // namespace kedge
