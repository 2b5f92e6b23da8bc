// Scalars that YAML 1.1 (the vendor's CLI) and YAML 1.2 read differently: taken as the vendor's CLI reads them where
// the field table agrees, with a warning; refused otherwise. What is left is what the vendor's CLI would send.
#pragma once
#include "manifest/document_findings.h"
#include "manifest/schema_table.h"

namespace kedge {

// `shape` may be null: then everything is refused. `value` is the document's, to be corrected.
void resolve_ambiguous(const Shape* shape, const YamlDocument& document, Json& value, DocumentFindings& findings);

} // namespace kedge
