// What is kept of the manifests between passes: identity, digest, blob and place, never a document. One FileIndex is
// the whole result of reading one blob in one context, so an unchanged file is never parsed again.
#pragma once
#include "base/digest.h"
#include "model/finding.h"
#include "model/resource.h"

#include <string>
#include <vector>

namespace kedge {

struct IndexEntry {
    std::string name;
    std::string type;
    Digest desired;
    Digest rules;                    // of `ignore` and `keep`; empty where both are
    std::vector<std::string> ignore; // its own x-kedge rules: a row is compared without loading the manifest
    std::vector<std::string> keep;
    int line = 0;
    int document = 0; // which document of the file, from 0
    bool prune_never = false;
    std::vector<std::string> references; // secret references it holds, "env:NAME" or "file:PATH", sorted, unique
    std::vector<std::string> sources;    // names of the servers a virtual server combines
    std::vector<std::string> formerly;
    std::string adopt;
    Digest hidden{}; // of what live never shows (CompareRules::hidden), secrets sealed; empty: there is no such field

    bool operator==(const IndexEntry&) const = default;
};

struct FileIndex {
    std::string path;
    std::string blob_id;
    Digest context; // of all that reading depended on beside the blob: overrides, settings, kedge's version
    std::vector<IndexEntry> entries;
    std::vector<Finding> findings;
    int other_types = 0; // documents of the vendor's other types, left alone

    bool operator==(const FileIndex&) const = default;
};

// One manifest in the whole tree: where its entry stands.
struct DesiredEntry {
    const FileIndex* file = nullptr; // never null; owned by the index of the pass
    const IndexEntry* entry = nullptr;
};

} // namespace kedge
