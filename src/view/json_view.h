// The same values as JSON, with `format_version`. Stable: names here are an interface.
#pragma once
#include "base/json.h"
#include "model/pass_record.h"
#include "model/plan.h"
#include "model/report.h"

namespace kedge {

Json plan_json(const Plan& plan);
Json report_json(const Report& report);
Json change_json(const Change& change);
Json history_json(const std::vector<PassRecord>& records);
Json findings_json(const std::vector<Finding>& findings);

} // namespace kedge
