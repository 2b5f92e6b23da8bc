// Texts of a manifest that a control plane is to keep as they are: values that only another one could fill in are
// errors of check().
#pragma once
#include "dialect/manifest_findings.h"

namespace kedge {

// Zudu has one map of headers, a manifest has two places. A header goes where a person would look for it.
bool carries_credential(const std::string& header_name);

// `what` names the value: `header "X-Team"`.
void check_sent_text(ManifestFindings& findings, const std::string& at, const std::string& what, const Json& value);
// Every value of a map of headers.
void check_sent_headers(ManifestFindings& findings, const std::string& at, const Json& headers);
// A key of an own block that has to be text; true where it is.
bool check_block_text(ManifestFindings& findings, const std::string& at, const Json& value);
// Fields of `auth_data` (oauth2) that only some products have: a row is a path, whether its loss changes what happens,
// and the value that says nothing.
struct LostAuthField {
    const char* key;
    bool matters;
    Json usual;
};
void check_lost_auth(ManifestFindings& findings, const Json& auth, const std::vector<LostAuthField>& fields);

} // namespace kedge
