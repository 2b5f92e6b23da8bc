#include "cli/exit_code.h"

namespace kedge {

int exit_code_of_plans(const std::vector<const Plan*>& plans, bool detailed) {
    bool pending = false, refused = false;
    for (const auto* plan : plans) {
        if (has_mistakes(plan->findings)) return exit_error;
        refused = refused || has_errors(plan->findings);
        for (const auto& change : plan->changes) {
            if (change.check.kind == CheckKind::refused) return exit_error;
            pending = pending || change.action != Action::keep;
        }
    }
    if (refused) return exit_refused;
    return detailed && pending ? exit_pending : exit_ok;
}

int exit_code_of_reports(const std::vector<Report>& reports) {
    bool written = false, trouble = false, held = false, refused = false;
    for (const auto& report : reports) {
        trouble = trouble || !report.stopped.empty() || has_mistakes(report.plan.findings);
        refused = refused || has_errors(report.plan.findings);
        for (const auto& outcome : report.outcomes) {
            switch (outcome.result) {
            case Result::done:
                written = true;
                break;
            case Result::left_alone:
                break;
            case Result::held:
            case Result::blocked:
                held = true;
                break;
            case Result::unsure:
                written = trouble = true;
                break;
            case Result::refused:
            case Result::failed:
            case Result::not_started:
                trouble = true;
                break;
            }
        }
    }
    if (trouble) return written ? exit_partial : exit_error;
    if (refused) return written ? exit_partial : exit_refused;
    return held ? exit_held : exit_ok;
}

} // namespace kedge
