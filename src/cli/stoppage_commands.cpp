// Without a daemon: pauses and freezes in the store, which every later plan, apply and daemon honours; and what the
// store knows of the units.
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/looks.h"
#include "cli/moment.h"
#include "io/run.h"
#include "reconcile/unit_view.h"
#include "view/daemon_text.h"
#include "view/json_status.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t longest_reason = 500; // as a daemon takes it

Unit* find_unit(const Session& session, const std::string& name) {
    const auto found = std::find_if(session.units.begin(), session.units.end(),
                                    [&](const Unit* unit) { return unit->settings().us.unit == name; });
    return found == session.units.end() ? nullptr : *found;
}

bool say_unknown(const Session& session, const std::string& name, const char* verb, Terminal& terminal) {
    if (find_unit(session, name) != nullptr) return false;
    std::string all;
    for (const auto* unit : session.units) all += (all.empty() ? "" : ", ") + unit->settings().us.unit;
    terminal.say(std::string(verb) + ": the settings have no unit \"" + name + "\"; they have " + all);
    return true;
}

bool is_freeze_name(const std::string& text) {
    return !text.empty() && text.size() <= 32 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

// What is common to both; false, and said, where it makes no sense.
bool fill(Stoppage& stoppage, const Session& session, const Options& options, Terminal& terminal) {
    stoppage.because = options.because;
    stoppage.by = session.user;
    stoppage.since = session.clock.now();
    stoppage.until = moment_to_come(options.lasting, options.until, stoppage.since);
    const bool over = is_over(stoppage, stoppage.since);
    if (over)
        terminal.say("it would have ended already, at " + format_utc(stoppage.until));
    else if (options.because.empty() || options.because.size() > longest_reason)
        terminal.say("--because takes 1 to " + std::to_string(longest_reason) + " bytes");
    return !over && !options.because.empty() && options.because.size() <= longest_reason;
}

std::string end_words(const Stoppage& stoppage, const std::string& way_out) {
    return stoppage.until == 0 ? " until `" + way_out + "`"
                               : " until " + format_utc(stoppage.until) + ", or `" + way_out + "`";
}

void note(Session& session, const Unit& unit, const std::string& title) {
    PassRecord record;
    record.at = session.clock.now();
    record.title = title;
    record.by = session.user;
    run_to_end(session.loop, session.remember(unit, std::move(record)));
}

int resume_freeze(Session& session, const Options& options, Terminal& terminal) {
    for (const auto& stoppage : run_to_end(session.loop, session.stoppages())) {
        if (stoppage.kind != StoppageKind::freeze || stoppage.name != options.freeze) continue;
        run_to_end(session.loop, session.end_stoppage(stoppage));
        terminal.print("Freeze \"" + options.freeze + "\" ended; the next apply or pass goes on.");
        return exit_ok;
    }
    terminal.say("resume: there is no freeze \"" + options.freeze + "\"; `kedge status` lists those that there are");
    return exit_error;
}

} // namespace

int pause_command(Session& session, const Options& options, Terminal& terminal) {
    if (say_unknown(session, options.name, "pause", terminal)) return exit_error;
    Stoppage pause;
    if (!fill(pause, session, options, terminal)) return exit_error;
    pause.units = {options.name};
    pause.resource = options.resource;
    run_to_end(session.loop, session.put_stoppage(pause));
    const auto what = options.resource.empty() ? "Unit \"" + options.name + "\"" : "\"" + options.resource + "\"";
    note(session, *find_unit(session, options.name),
         (options.resource.empty() ? "paused" : "paused \"" + options.resource + "\"") + std::string(": ") +
             options.because);
    const auto way_out =
        "kedge resume " + options.name + (options.resource.empty() ? "" : " --name " + options.resource);
    terminal.print(what + " is paused" + end_words(pause, way_out) + "; plans still show what differs.");
    return exit_ok;
}

int freeze_command(Session& session, const Options& options, Terminal& terminal) {
    if (!is_freeze_name(options.freeze)) {
        terminal.say("freeze: a name is [a-z0-9-]{1,32}, such as \"release-week\"");
        return exit_error;
    }
    Stoppage freeze;
    freeze.kind = StoppageKind::freeze;
    freeze.name = options.freeze;
    freeze.units = options.units;
    std::sort(freeze.units.begin(), freeze.units.end());
    for (const auto& unit : freeze.units) {
        if (say_unknown(session, unit, "freeze", terminal)) return exit_error;
    }
    if (!fill(freeze, session, options, terminal)) return exit_error;
    for (const auto& other : run_to_end(session.loop, session.stoppages())) {
        if (other.kind != StoppageKind::freeze || other.name != freeze.name) continue;
        terminal.say("freeze: there is one \"" + freeze.name + "\" already; end it first, or name this another");
        return exit_error;
    }
    run_to_end(session.loop, session.put_stoppage(freeze));
    for (const auto* unit : session.units) {
        if (stops(freeze, unit->settings().us.unit, ""))
            note(session, *unit, "freeze \"" + freeze.name + "\": " + freeze.because);
    }
    terminal.print((freeze.units.empty() ? std::string("All units are")
                                         : std::to_string(freeze.units.size()) + " of the units are") +
                   " frozen" + end_words(freeze, "kedge resume --freeze " + freeze.name) + ".");
    return exit_ok;
}

int resume_command(Session& session, const Options& options, Terminal& terminal) {
    if (!options.freeze.empty()) return resume_freeze(session, options, terminal);
    if (say_unknown(session, options.name, "resume", terminal)) return exit_error;
    auto& unit = *find_unit(session, options.name);
    bool paused = false;
    std::string frozen;
    for (const auto& stoppage : run_to_end(session.loop, session.stoppages())) {
        if (stoppage.kind == StoppageKind::freeze && stops(stoppage, options.name, ""))
            frozen += " Freeze \"" + stoppage.name + "\" still stops it.";
        if (stoppage.kind == StoppageKind::freeze || stoppage.units.front() != options.name ||
            stoppage.resource != options.resource)
            continue;
        run_to_end(session.loop, session.end_stoppage(stoppage));
        paused = true;
    }
    if (!options.resource.empty()) {
        if (paused) note(session, unit, "resumed \"" + options.resource + "\"");
        terminal.print("\"" + options.resource + "\" " + (paused ? "is resumed." : "was not paused.") + frozen);
        return exit_ok;
    }
    run_to_end(session.loop, unit.stay_at(""));
    note(session, unit, "resumed");
    terminal.print("Unit \"" + options.name + "\" follows its source again, from the next pass on." + frozen);
    return exit_ok;
}

int status_command(Session& session, const Options& options, Terminal& terminal) {
    if (!options.name.empty() && say_unknown(session, options.name, "status", terminal)) return exit_error;
    const auto stoppages = run_to_end(session.loop, session.stoppages());
    std::vector<UnitStatus> all;
    for (auto* unit : session.units) {
        auto status = status_of(*unit);
        if (!options.name.empty() && status.unit != options.name) continue;
        for (const auto& stoppage : stoppages) {
            const bool here = stoppage.kind == StoppageKind::pause ? stoppage.units.front() == status.unit
                                                                   : stops(stoppage, status.unit, "");
            if (here) status.stoppages.push_back(stoppage);
        }
        const auto records = run_to_end(session.loop, session.history(*unit, "", 20));
        // What people did by command is no pass.
        const auto last = std::find_if(records.begin(), records.end(),
                                       [](const PassRecord& record) { return !record.changes.empty(); });
        if (last != records.end()) {
            status.revision.id = last->revision;
            status.revision.title = last->title;
            status.pass = last->pass;
            status.last_pass = last->at;
            if (last->stopped.empty()) status.last_success = last->at;
            status.cause = last->stopped;
        }
        const auto stays = run_to_end(session.loop, unit->stayed_at());
        if (!stays.empty())
            status.cause = "rolled back to " + stays.substr(0, 7) + " until `kedge resume " + status.unit + "`";
        all.push_back(std::move(status));
    }
    const auto document = options.name.empty() ? units_json(all) : unit_json(all.front());
    if (options.output == Output::json)
        terminal.print(document.dump(2));
    else
        terminal.print(options.name.empty() ? render_units(document, terminal.style(false))
                                            : render_unit(document, {}, terminal.style(false)));
    return exit_ok;
}

} // namespace kedge
