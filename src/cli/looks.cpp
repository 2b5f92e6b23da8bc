#include "cli/looks.h"

#include "base/failure.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/text.h"

#include <algorithm>

namespace kedge {

bool nothing_fits(const Plans& plans, Terminal& terminal) {
    const bool none = !plans.empty() && std::all_of(plans.begin(), plans.end(), [](const Plan* plan) {
        return !plan->selection.empty() && plan->selected == 0;
    });
    if (!none) return false;
    for (const auto* plan : plans) {
        if (has_errors(plan->findings)) terminal.say(render_findings(plan->findings, terminal.style(false)));
    }
    terminal.say("selection: nothing in git and nothing live fits " + plans.front()->selection +
                 "; nothing was changed; `kedge plan` without it shows every name, type and file");
    return true;
}

void print_documents(const Json& documents, Terminal& terminal) {
    terminal.print((documents.size() == 1 ? documents[0] : documents).dump(2));
}

void show_plans(const Plans& plans, const Options& options, Terminal& terminal, bool may_apply) {
    if (options.output == Output::json) {
        Json all = Json::array();
        for (const auto* plan : plans) all.push_back(plan_json(*plan));
        terminal.print((all.size() == 1 ? all[0] : all).dump(2));
        return;
    }
    for (const auto* plan : plans) {
        terminal.print(options.output == Output::markdown ? markdown_plan(*plan)
                                                          : render_plan(*plan, terminal.style(may_apply)));
    }
}

Task<std::vector<Look>> look_at_all(Session& session, const Progress& progress) {
    std::vector<Look> looks;
    for (auto* unit : session.units) {
        unit->set_progress(progress);
        looks.push_back(co_await unit->look());
    }
    // What was not asked any more is not a plan.
    if (session.stop.asked()) throw Failure(NextAction::stop, "given up, because kedge was asked to end");
    co_return looks;
}

Plans plans_of(const std::vector<Look>& looks) {
    Plans plans;
    for (const auto& look : looks) plans.push_back(&look.planned.plan);
    return plans;
}

} // namespace kedge
