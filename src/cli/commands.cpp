#include "cli/commands.h"

#include "base/failure.h"
#include "cli/exit_code.h"
#include "cli/looks.h"
#include "cli/saved_plan.h"
#include "io/run.h"
#include "reconcile/unit_view.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/text.h"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace kedge {

namespace {

void show_reports(const std::vector<Report>& reports, const Options& options, Terminal& terminal) {
    if (options.output == Output::json) {
        Json all = Json::array();
        for (const auto& report : reports) all.push_back(report_json(report));
        terminal.print((all.size() == 1 ? all[0] : all).dump(2));
        return;
    }
    for (const auto& report : reports) {
        terminal.print(options.output == Output::markdown ? markdown_report(report)
                                                          : render_report(report, terminal.style(true)));
    }
}

Task<void> drop_spent_releases(Session& session, const Unit& unit, const Report& report) {
    if (!session.drop_release) co_return;
    auto spent = spent_releases(report);
    for (auto& entry : spent) co_await session.drop_release(unit, std::move(entry));
}

Task<std::vector<Report>> act_on_all(Session& session, std::vector<Look> looks, Terminal& terminal) {
    std::vector<Report> reports;
    const auto progress = terminal.progress();
    for (std::size_t i = 0; i < looks.size(); ++i) {
        std::function<bool()> stop = [&session] { return session.stop.asked(); };
        std::size_t done = 0;
        const auto total = static_cast<std::size_t>(count_running(looks[i].planned.plan));
        std::function<void(const Outcome&)> watch = [&progress, &done, total](const Outcome&) {
            if (progress) progress("apply", ++done, total);
        };
        auto look = std::move(looks[i]);
        auto report = co_await session.units[i]->act(std::move(look), std::move(stop), std::move(watch));
        if (!report.outcomes.empty()) {
            auto record = record_of(report, session.clock.now());
            co_await session.remember(*session.units[i], std::move(record));
        }
        try {
            co_await drop_spent_releases(session, *session.units[i], report);
        } catch (const Failure& failure) { // the ledger knows that they are spent
            session.log.warning("spent releases stay", {{"why", failure.what()}});
        }
        reports.push_back(std::move(report));
    }
    co_return reports;
}

// Keeps of each look only what the saved plan holds; false where nothing of it fits any more.
bool keep_saved(std::vector<Look>& looks, const Options& options, Terminal& terminal) {
    const auto saved = load_plans(options.saved_plan);
    SavedFit all;
    for (auto& look : looks) {
        const Selection selection{options.only_names, options.only_types, options.only_files};
        const auto result = keep_only_saved(look.planned.plan, saved, selection);
        for (const auto& line : result.moved) terminal.say(line);
        all.fitting += result.fitting;
        all.saved += result.saved;
        all.not_selected += result.not_selected;
    }
    if (all.fitting > 0 || all.saved + all.not_selected == 0) return true;
    terminal.say(all.saved == 0 ? "the saved plan changes nothing that this selection fits; `kedge show " +
                                      options.saved_plan + "` shows what it changes"
                                : "nothing of the saved plan fits any more; make a new one with `kedge plan --out`");
    return false;
}

} // namespace

int plan_command(Session& session, const Options& options, Terminal& terminal) {
    const auto progress = terminal.progress();
    const auto looks = run_to_end(session.loop, look_at_all(session, progress));
    const auto plans = plans_of(looks);
    if (nothing_fits(plans, terminal)) return exit_error;
    show_plans(plans, options, terminal, false);
    if (!options.out.empty()) {
        save_plans(options.out, plans);
        terminal.say("saved to " + options.out + "; `kedge apply " + options.out +
                     "` carries out what of it still fits");
    }
    return exit_code_of_plans(plans, options.detailed_exitcode);
}

int apply_command(Session& session, const Options& options, Terminal& terminal) {
    const auto progress = terminal.progress();
    auto looks = run_to_end(session.loop, look_at_all(session, progress));
    const auto plans = plans_of(looks);
    if (nothing_fits(plans, terminal)) return exit_error;
    if (!options.saved_plan.empty() && !keep_saved(looks, options, terminal)) return exit_nothing_fits;
    int running = 0;
    for (const auto* plan : plans) running += count_running(*plan);
    // Nobody is asked about something that was not shown.
    if (options.output == Output::text) {
        show_plans(plans, options, terminal, true);
    } else if (!options.yes && terminal.can_ask()) {
        for (const auto* plan : plans) terminal.say(render_plan(*plan, terminal.style(true)));
    }
    if (running > 0 && !options.yes &&
        !terminal.confirm("Carry out " + std::to_string(running) + (running == 1 ? " change?" : " changes?"))) {
        terminal.say("nothing was changed");
        return exit_error;
    }
    const auto reports = run_to_end(session.loop, act_on_all(session, std::move(looks), terminal));
    show_reports(reports, options, terminal);
    return exit_code_of_reports(reports);
}

int validate_command(const std::vector<Finding>& findings, int manifests, const Options& options, Terminal& terminal) {
    const bool bad = has_errors(findings) || (options.fail_on_warnings && !findings.empty());
    if (options.output == Output::json) {
        terminal.print(findings_json(findings).dump(2));
    } else if (options.output == Output::markdown) {
        terminal.print(markdown_findings(findings));
    } else {
        if (!findings.empty()) terminal.print(render_findings(findings, terminal.style(false)));
        terminal.print(std::to_string(manifests) + (manifests == 1 ? " valid manifest" : " valid manifests"));
    }
    if (!bad) return exit_ok;
    return has_errors(findings) && !has_mistakes(findings) ? exit_refused : exit_error;
}

} // namespace kedge
