// Checks one manifest against the field table: everything that is wrong, at once. Unknown keys pass.
#pragma once
#include "manifest/document_findings.h"
#include "manifest/schema_table.h"

namespace kedge {

// `value` is the manifest without x-kedge.
void validate_manifest(const Shape& shape, const Json& value, DocumentFindings& findings);

// Finds the reserved key `$kedge` anywhere in `value`.
void refuse_reserved_keys(const Json& value, DocumentFindings& findings);

std::string kind_of(const Json& value); // "text", "a number", ...: for messages

} // namespace kedge
