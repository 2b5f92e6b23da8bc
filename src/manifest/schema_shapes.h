// The objects inside manifests, as parts of the field table in schema_table.h.
#pragma once
#include "manifest/schema_table.h"

namespace kedge {

const Shape& collaborator();
const Shape& owned_by();
const Shape& tls_settings();
const Shape& tool_setting();
const Shape& openapi_tool();
const Shape& tool_policy();
const Shape& env_auth();
const Shape& catalogue_auth();
const Shape& server_source();
const std::vector<const Shape*>& spec_sources();
const std::vector<const Shape*>& upstream_auth();

} // namespace kedge
