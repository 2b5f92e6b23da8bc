// Strict YAML to JSON values with places: libyaml's events, our builder. Refuses what other readers swallow; limits everything.
// Used for manifests, .kedge files and kedge.yaml alike.
#pragma once
#include "base/json.h"
#include "model/finding.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct YamlLimits {
    std::size_t most_bytes = 1024 * 1024;
    int most_depth = 64;
    std::size_t most_nodes = 100'000;   // of one file, aliases expanded
    std::size_t most_documents = 1000;
};

// A plain scalar that YAML 1.1 and 1.2 read differently (`yes`, `012`, `1:30`, a date).
struct AmbiguousScalar {
    std::string pointer;
    std::string text; // as written
    Json yaml11;      // what a YAML 1.1 reader such as the vendor's takes it for (a date: null)
    Place place;
};

struct YamlDocument {
    Json value;                              // YAML 1.2 core schema reading
    Place place;                             // of the root node
    std::map<std::string, Place> places;     // JSON pointer -> place of the key (or the list item)
    std::vector<AmbiguousScalar> ambiguous;
    bool empty = false;                      // nothing but comments
};

struct YamlFile {
    std::vector<YamlDocument> documents;
    std::vector<Finding> findings; // any error: documents holds what stood before it
};

YamlFile parse_yaml(const std::string& path, std::string_view text, const YamlLimits& limits = {});

// The line `place` points at, cut to 120 characters, with values masked that look like secrets or stand in secret fields.
std::string excerpt_of(std::string_view text, const Place& place);

} // namespace kedge
