// JSON Schema (draft 2020-12) of what json_view prints: every name is required and no other may appear.
#pragma once
#include "base/json.h"

namespace kedge {

Json plan_schema();
Json report_schema();
Json explain_schema();
Json holds_schema();
Json history_schema();

} // namespace kedge
