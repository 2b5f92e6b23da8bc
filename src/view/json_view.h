// The same values as JSON, with `format_version`. Stable: names here are an interface.
#pragma once
#include "base/json.h"
#include "model/explained.h"
#include "model/pass_record.h"
#include "model/plan.h"
#include "model/report.h"

namespace kedge {

Json plan_json(const Plan& plan);
Json report_json(const Report& report);
Json change_json(const Change& change);
Json explanation_json(const Explained& about, const std::vector<PassRecord>& history);
// What is held, of a whole plan.
Json holds_json(const Plan& plan);
Json history_json(const std::string& unit, const std::vector<PassRecord>& records);
Json findings_json(const std::vector<Finding>& findings);

} // namespace kedge
