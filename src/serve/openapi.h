// The OpenAPI 3.1 document of the API, made of the table of routes and the schemas of the views.
#pragma once
#include "base/json.h"

#include <string>

namespace kedge {

Json openapi_document(const std::string& version);

} // namespace kedge
