// A plan or report as Markdown, for a pull request comment or a step summary. Text from manifests cannot break out:
// mentions, links, HTML and backticks are neutralised.
#pragma once
#include "model/plan.h"
#include "model/report.h"

#include <string>

namespace kedge {

std::string markdown_plan(const Plan& plan);
std::string markdown_report(const Report& report);
std::string markdown_findings(const std::vector<Finding>& findings);

} // namespace kedge
