// References to secrets in one manifest: `${env:NAME}`, `${file:PATH}`, `${k8s:SECRET/KEY}` where they are legal,
// findings where they are not.
#pragma once
#include "manifest/document_findings.h"
#include "manifest/load.h"

namespace kedge {

// Unescapes `$${` in the secret fields of `value` and gives the references that stay there as written.
std::vector<SecretReference> read_references(Json& value, const SecretRule& allowed, DocumentFindings& findings);

} // namespace kedge
