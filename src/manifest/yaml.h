// Strict YAML to JSON values with places: libyaml's events, our builder. Refuses what other readers swallow; limits
// everything. Used for manifests, .kedge files and kedge.yaml alike.
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
    std::size_t most_nodes = 100'000; // of one file, aliases expanded
    std::size_t most_documents = 1000;
    std::size_t most_expanded_bytes = 4 * 1024 * 1024; // of text that anchors and aliases copy
};

// A plain scalar that YAML 1.1 and 1.2 read differently (`yes`, `012`, `1:30`, a date).
struct AmbiguousScalar {
    std::string pointer;
    std::string text; // as written
    Json yaml11;      // what a YAML 1.1 reader such as the vendor's takes it for (a date: null)
    Place place;
    bool is_key = false; // the key itself, not its value; yaml11 is then the key that the vendor sends
};

struct YamlDocument {
    Json value;  // YAML 1.2 core schema reading
    Place place; // of the root node
    // JSON pointer -> place of the key (or the list item), without the file (place_of adds it); not those over 512
    // bytes, nor those inside an expanded alias
    std::map<std::string, Place> places;
    std::vector<AmbiguousScalar> ambiguous;
    bool empty = false;           // nothing but comments
    bool broken = false;          // has an error of its own (a duplicate key, say); `value` holds what is left
    bool undefined_alias = false; // no YAML at all, though it could be read to its end
    bool unsound = false;         // that, or an alias inside its own anchor, or one of YAML's own tags (`!!...`)
};

struct YamlFile {
    std::vector<YamlDocument> documents;
    std::vector<Finding> findings;      // any error: documents holds what stood before it
    std::vector<int> finding_documents; // of each finding: the index of its document, -1: the file as a whole
    bool unreadable = false;            // reading stopped before the end of the file
};

// The place of `pointer`, or of the nearest thing around it that has one.
Place place_of(const YamlDocument& document, std::string_view pointer);

YamlFile parse_yaml(const std::string& path, std::string_view text, const YamlLimits& limits = {});

// The line `place` points at, cut to 120 characters, with values masked that look like secrets or stand in secret
// fields.
std::string excerpt_of(std::string_view text, const Place& place);

} // namespace kedge
