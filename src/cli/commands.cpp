#include "cli/commands.h"

#include "base/failure.h"
#include "cli/exit_code.h"
#include "io/run.h"
#include "reconcile/loop.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/text.h"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <set>

namespace kedge {

namespace {

// Plans are large: they are shown where they lie.
using Plans = std::vector<const Plan*>;

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

// Siblings are read first: what another unit declares is never pruned here.
Task<std::vector<Look>> look_at_all(Session& session, const Progress& progress) {
    if (session.units.size() > 1) {
        for (auto* unit : session.units) co_await unit->refresh();
    }
    std::vector<Look> looks;
    for (auto* unit : session.units) {
        unit->set_progress(progress);
        looks.push_back(co_await unit->look());
    }
    co_return looks;
}

Plans plans_of(const std::vector<Look>& looks) {
    Plans plans;
    for (const auto& look : looks) plans.push_back(&look.planned.plan);
    return plans;
}

// The first signal asks for an orderly end (what is in flight is finished), the second ends at once.
class StopSignals {
public:
    explicit StopSignals(EventLoop& loop) : signals_(loop, SIGINT, SIGTERM) { wait(); }
    bool stopped() const { return stopped_; }
    std::function<void()> on_stop;

private:
    void wait() {
        signals_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (error) return;
            if (stopped_) {
                std::signal(signal, SIG_DFL);
                std::raise(signal);
            }
            stopped_ = true;
            if (on_stop) on_stop();
            wait();
        });
    }

    boost::asio::signal_set signals_;
    bool stopped_ = false;
};

Task<std::vector<Report>> act_on_all(Session& session, std::vector<Look> looks, const StopSignals& signals,
                                     Terminal& terminal) {
    std::vector<Report> reports;
    const auto progress = terminal.progress();
    for (std::size_t i = 0; i < looks.size(); ++i) {
        std::function<bool()> stop = [&signals] { return signals.stopped(); };
        std::size_t done = 0;
        const auto total = static_cast<std::size_t>(count_running(looks[i].planned.plan));
        std::function<void(const Outcome&)> watch = [&progress, &done, total](const Outcome&) {
            if (progress) progress("apply", ++done, total);
        };
        auto look = std::move(looks[i]);
        reports.push_back(co_await session.units[i]->act(std::move(look), std::move(stop), std::move(watch)));
    }
    co_return reports;
}

// As many people as are known to be affected now, unless told otherwise: more of them hold again.
int most_people(const Change& change, const Options& options) {
    if (options.at_most > 0) return options.at_most;
    int most = change.subjects.value_or(0);
    for (const auto& hold : change.holds) most = std::max(most, hold.subjects.value_or(0));
    return most;
}

std::string release_entry_text(const Change& change, const Options& options) {
    std::string text = "- digest: " + change.digest.hex() + "\n  name: " + Json(change.name).dump() +
                       "\n  because: " + Json(options.because).dump() + "\n";
    const int most = most_people(change, options);
    if (most > 0) text += "  at_most: " + std::to_string(most) + "\n";
    return text;
}

} // namespace

int plan_command(Session& session, const Options& options, Terminal& terminal) {
    const auto progress = terminal.progress();
    const auto looks = run_to_end(session.loop, look_at_all(session, progress));
    const auto plans = plans_of(looks);
    show_plans(plans, options, terminal, false);
    return exit_code_of_plans(plans, options.detailed_exitcode);
}

int apply_command(Session& session, const Options& options, Terminal& terminal) {
    const auto progress = terminal.progress();
    auto looks = run_to_end(session.loop, look_at_all(session, progress));
    const auto plans = plans_of(looks);
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
    StopSignals signals(session.loop);
    const auto reports = run_to_end(session.loop, act_on_all(session, std::move(looks), signals, terminal));
    show_reports(reports, options, terminal);
    return exit_code_of_reports(reports);
}

int run_command(Session& session, const Options& options) {
    Loop loop(session.units, session.clock, session.log, {});
    StopSignals signals(session.loop);
    signals.on_stop = [&] {
        session.log.info("stopping", {{"why", "signal"}});
        loop.stop();
    };
    boost::asio::signal_set wake(session.loop, SIGHUP);
    std::function<void()> wait = [&] {
        wake.async_wait([&](const boost::system::error_code& error, int) {
            if (error) return;
            session.log.info("looking at once", {{"why", "SIGHUP"}});
            loop.wake();
            wait();
        });
    };
    wait();
    session.log.info("started", {{"units", static_cast<int>(session.units.size())}});
    run_to_end(session.loop, loop.run());
    session.log.info("stopped");
    static_cast<void>(options);
    return exit_ok;
}

int release_command(Session& session, const Options& options, Terminal& terminal) {
    const auto looks = run_to_end(session.loop, look_at_all(session, terminal.progress()));
    const Unit* unit = nullptr;
    std::vector<const Change*> found;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        for (const auto& change : looks[i].planned.plan.changes) {
            if (!change.digest.hex().starts_with(options.digest) || options.digest.size() < 12) continue;
            found.push_back(&change);
            unit = session.units[i];
        }
    }
    if (found.size() != 1) {
        terminal.say("release: no planned change has the digest \"" + options.digest +
                     "\"; a release fits exactly one change as it is now (at least its first 12 digits); `kedge plan` "
                     "shows them");
        return exit_error;
    }
    const auto entry = release_entry_text(*found.front(), options);
    const auto written = session.append_release(*unit, entry);
    if (written.empty()) {
        terminal.print("Commit these lines to .kedge/releases in the folder of unit \"" + unit->settings().us.unit +
                       "\":\n\n" + entry);
    } else {
        terminal.print("Wrote to " + written + ":\n\n" + entry + "\nThe next pass carries it out, once.");
    }
    return exit_ok;
}

int disown_command(Session& session, const Options& options, Terminal& terminal) {
    if (options.all != options.names.empty()) {
        terminal.say("disown: say which: --all, or --name NAME");
        return exit_error;
    }
    std::set<std::string> strangers(options.names.begin(), options.names.end());
    for (auto* unit : session.units) {
        const auto result = run_to_end(session.loop, unit->disown(options.names));
        for (const auto& name : result.forgotten) strangers.erase(name);
        if (options.output == Output::json) {
            const Json json = {{"format_version", 1},
                               {"unit", unit->settings().us.unit},
                               {"unmarked", result.unmarked},
                               {"marker_left", result.marker_left},
                               {"forgotten", result.forgotten}};
            terminal.print(json.dump(2));
            continue;
        }
        std::string text = "Unit \"" + unit->settings().us.unit + "\": let go of " +
                           std::to_string(result.forgotten.size()) +
                           (result.forgotten.size() == 1 ? " registration" : " registrations") +
                           "; markers taken off: " + std::to_string(result.unmarked.size()) + ".";
        for (const auto& name : result.marker_left) {
            text += "\n  " + name +
                    ": the marker stays (taking it off would change more than the marker); without this installation "
                    "it means nothing";
        }
        terminal.print(text + "\nNothing else was changed.");
    }
    for (const auto& name : strangers) {
        terminal.say("disown: no registration named \"" + name +
                     "\" belongs to this installation; `kedge plan` shows what does");
    }
    return strangers.empty() ? exit_ok : exit_error;
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
