// From the text of one file to resources and findings. Pure: the same text and context give the same result.
#pragma once
#include "model/finding.h"
#include "model/release.h"
#include "model/resource.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// One entry of .kedge/overrides: an x-kedge block for the manifests that match.
struct Override {
    std::string type; // glob; empty: any
    std::string name; // glob
    Extension extension;
    Place place;
    std::vector<std::string> keys; // of the block: what it states, also where that is the default
};

// What authors of this unit may say about secrets.
using SecretRule = std::function<bool(const std::string& scheme, const std::string& name)>;

struct LoadContext {
    std::vector<Override> overrides;
    SecretRule secret_allowed;                                  // null: no reference is allowed
    std::function<bool(const std::string& path)> held_manifest; // did this path hold a manifest before? null: no
};

struct LoadedFile {
    std::vector<Resource> resources; // valid ones only
    std::vector<int> documents;      // of each resource: which document of the file, from 0
    std::vector<Resource> wrong;     // manifests with errors, as far as they can be read: their fields can be judged
    std::vector<std::string> invalid_names; // names of documents that are manifests but wrong, where readable
    std::vector<Finding> findings;
    int other_types = 0;
    bool unreadable = false; // no valid YAML: nothing of the file counts, what was last read from it stays as it is
};

// Names of the servers that a virtual server combines; empty for other types.
std::vector<std::string> source_names(const Json& document);

LoadedFile load_file(const std::string& path, std::string_view text, const LoadContext& context);

struct LoadedOverrides {
    std::vector<Override> overrides;
    std::vector<Finding> findings;
};
LoadedOverrides load_overrides(const std::string& path, std::string_view text);

struct LoadedReleases {
    std::vector<Release> releases;
    std::vector<Finding> findings;
};
LoadedReleases load_releases(const std::string& path, std::string_view text);

} // namespace kedge
