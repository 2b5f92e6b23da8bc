// The field tables of the five manifest types: what is required, which type, which values, which default, what is
// secret. One table serves validation, `kedge schema` (JSON Schema) and the documentation.
#pragma once
#include "base/json.h"
#include "model/finding.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

const std::vector<std::string>& manifest_types();

enum class DocumentClass { manifest, near_miss, retired, other_type, no_type };
struct Classification {
    DocumentClass kind = DocumentClass::no_type;
    std::string type;
    std::string hint; // for near misses and retired types: what to write instead
};
Classification classify(const Json& document);

// The control planes that may have a block of their own in x-kedge.
const std::vector<std::string>& extension_providers();

// JSON Schema (draft 2020-12) of manifests.
Json manifest_schema();

} // namespace kedge
