#include "cli/daemon_commands.h"

#include "cli/exit_code.h"
#include "cli/looks.h"
#include "cli/moment.h"
#include "io/run.h"
#include "view/daemon_text.h"
#include "view/document.h"
#include "view/safe_text.h"

namespace kedge {

namespace {

int tell(DaemonSession& session, std::string path, Json body, Terminal& terminal) {
    const auto answer = run_to_end(session.loop, session.client.post(std::move(path), std::move(body)));
    terminal.print(visible(text_under(answer, "text")));
    return exit_ok;
}

int status_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    const bool one = !options.name.empty();
    const auto document = run_to_end(session.loop, session.client.get(one ? path_of_unit(options.name) : "/units"));
    if (options.output == Output::json) {
        terminal.print(document.dump(2));
        return exit_ok;
    }
    const auto style = terminal.style(false);
    if (!one) {
        terminal.print(render_units(document, style));
        return exit_ok;
    }
    const auto resources = run_to_end(session.loop, session.client.get(path_of_unit(options.name, "/resources")));
    std::string mistakes;
    if (count_at(part_at(document, "unit"), "errors") > 0) {
        const auto plan = run_to_end(session.loop, session.client.get(path_of_unit(options.name, "/plan")));
        mistakes = render_mistakes(plan, style);
    }
    terminal.print(render_unit(document, resources, style) + mistakes);
    return exit_ok;
}

int sync_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    if (options.wait) return wait_command(session, options, terminal);
    return tell(session, options.name.empty() ? "/sync" : path_of_unit(options.name, "/sync"), Json::object(),
                terminal);
}

void add_reason(Json& body, const DaemonSession& session, const Options& options) {
    body["because"] = options.because;
    const auto until = moment_to_come(options.lasting, options.until, session.clock.now());
    if (until != 0) body["until"] = format_utc(until);
}

int pause_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    Json body = Json::object();
    add_reason(body, session, options);
    if (!options.resource.empty()) body["resource"] = options.resource;
    return tell(session, path_of_unit(options.name, "/pause"), std::move(body), terminal);
}

int freeze_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    Json body = Json::object();
    add_reason(body, session, options);
    body["name"] = options.freeze;
    if (!options.units.empty()) body["units"] = options.units;
    return tell(session, "/freezes", std::move(body), terminal);
}

int resume_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    if (!options.freeze.empty()) {
        const auto path = "/freezes/" + percent_encode(options.freeze);
        const auto answer = run_to_end(session.loop, session.client.remove(path));
        terminal.print("freeze \"" + visible(options.freeze) + "\": " + visible(text_under(answer, "text")));
        return exit_ok;
    }
    Json body = Json::object();
    if (!options.resource.empty()) body["resource"] = options.resource;
    return tell(session, path_of_unit(options.name, "/resume"), std::move(body), terminal);
}

// The one unit of --only-unit; empty: none was given, or several.
std::string only_unit(const Options& options) {
    return options.units.size() == 1 ? options.units.front() : std::string();
}

int release_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    Json body = Json::object();
    body["digest"] = options.digest;
    body["because"] = options.because;
    if (options.at_most > 0) body["at_most"] = options.at_most;
    if (const auto unit = only_unit(options); !unit.empty()) body["unit"] = unit;
    return tell(session, "/releases", std::move(body), terminal);
}

int rollback_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    auto unit = only_unit(options);
    if (unit.empty()) {
        const auto units = run_to_end(session.loop, session.client.get("/units"));
        const auto& all = list_at(units, "units");
        if (all.size() == 1) unit = text_under(all.front(), "unit");
    }
    if (unit.empty() || options.because.empty()) {
        terminal.say(unit.empty() ? "rollback: say which unit: --only-unit NAME"
                                  : "rollback: say why: --because TEXT; a running kedge keeps it");
        return exit_error;
    }
    Json body = Json::object();
    body["commit"] = options.commit;
    body["because"] = options.because;
    return tell(session, path_of_unit(unit, "/rollback"), std::move(body), terminal);
}

int holds_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    std::vector<Json> documents;
    auto wanted = options.units;
    if (wanted.empty()) wanted.emplace_back();
    for (const auto& unit : wanted) {
        const auto path = unit.empty() ? "/holds" : "/holds?unit=" + percent_encode(unit);
        const auto held = run_to_end(session.loop, session.client.get(path));
        for (const auto& document : list_at(held, "units")) documents.push_back(document);
    }
    if (options.output == Output::json)
        print_documents(documents, terminal); // as without a daemon
    else
        terminal.print(render_held(documents, terminal.style(true)));
    return exit_ok;
}

} // namespace

std::string path_of_unit(const std::string& unit, const char* more) {
    return "/units/" + percent_encode(unit) + more;
}

bool needs_daemon(Verb verb) {
    return verb == Verb::sync || verb == Verb::wait || verb == Verb::events;
}

bool is_for_daemon(const Options& options) {
    if (!options.path.empty()) return false;
    switch (options.verb) {
    case Verb::preview:
        return options.number > 0;
    case Verb::status:
    case Verb::pause:
    case Verb::freeze:
    case Verb::resume:
    case Verb::release:
    case Verb::rollback:
    case Verb::holds:
    case Verb::history:
        return true;
    default:
        return needs_daemon(options.verb);
    }
}

int daemon_command(DaemonSession& session, const Options& options, Terminal& terminal) {
    switch (options.verb) {
    case Verb::status:
        return status_at_daemon(session, options, terminal);
    case Verb::sync:
        return sync_at_daemon(session, options, terminal);
    case Verb::pause:
        return pause_at_daemon(session, options, terminal);
    case Verb::freeze:
        return freeze_at_daemon(session, options, terminal);
    case Verb::resume:
        return resume_at_daemon(session, options, terminal);
    case Verb::release:
        return release_at_daemon(session, options, terminal);
    case Verb::rollback:
        return rollback_at_daemon(session, options, terminal);
    case Verb::holds:
        return holds_at_daemon(session, options, terminal);
    case Verb::preview:
        return preview_at_daemon(session, options, terminal);
    case Verb::history:
        return history_at_daemon(session, options, terminal);
    case Verb::wait:
        return wait_command(session, options, terminal);
    case Verb::events:
        return events_command(session, options, terminal);
    default:
        return exit_error;
    }
}

} // namespace kedge
