// What the authors of a unit's manifests may say: names, types, hosts, people and x-kedge keys that a platform team
// leaves to them. What goes beyond is refused by policy, with its place.
#pragma once
#include "model/finding.h"
#include "model/resource.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

// Globs; nothing: anything goes. An empty list allows nothing.
struct May {
    std::optional<std::vector<std::string>> names;
    std::optional<std::vector<std::string>> types;
    std::optional<std::vector<std::string>> hosts;    // of every URL in a manifest
    std::optional<std::vector<std::string>> subjects; // of collaborators
    std::optional<std::vector<std::string>> x_kedge;  // keys, those of .kedge/overrides too

    // All of it in one text: what was judged by another one is judged anew.
    std::string text() const;
    bool operator==(const May&) const = default;
};

// One error for each breach, `policy` set.
std::vector<Finding> judge_may(const Resource& resource, const May& may);

} // namespace kedge
