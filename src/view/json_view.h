// The same values as JSON, with `format_version`. Stable: names here are an interface.
#pragma once
#include "base/json.h"
#include "model/plan.h"
#include "model/report.h"

namespace kedge {

Json plan_json(const Plan& plan);
Json report_json(const Report& report);
Json findings_json(const std::vector<Finding>& findings);

} // namespace kedge
