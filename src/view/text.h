// A plan, a report and findings as text for a terminal. Conditional wording for what has not happened ("would delete").
// Foreign text is stripped of control characters; secrets are never there to begin with.
#pragma once
#include "model/finding.h"
#include "model/pass_record.h"
#include "model/plan.h"
#include "model/report.h"

#include <string>
#include <vector>

namespace kedge {

struct TextStyle {
    bool colour = false;
    int width = 100;
    bool may_apply = false; // the plan belongs to an apply: say what will happen, and how to release holds
};

std::string render_findings(const std::vector<Finding>& findings, const TextStyle& style);
std::string render_plan(const Plan& plan, const TextStyle& style);
std::string render_report(const Report& report, const TextStyle& style);
// What is held and what ends it, without the rest of the plan.
std::string render_holds(const Plan& plan, const TextStyle& style);
// One change as the plan shows it.
std::string render_change(const Change& change, const TextStyle& style);
// The history, newest first.
std::string render_history(const std::vector<PassRecord>& records, const TextStyle& style);
// The one closing line of a plan: "271 equal, 14 differ, 6 live but not in git, ...; 1 list, 23 dry runs; nothing was
// changed".
std::string summary_line(const Plan& plan);

} // namespace kedge
