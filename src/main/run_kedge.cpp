#include "base/failure.h"
#include "cli/daemon_commands.h"
#include "cli/exit_code.h"
#include "cli/heartbeat.h"
#include "cli/saved_plan.h"
#include "cli/stop_signals.h"
#include "main/daemon_door.h"
#include "main/run_daemon.h"
#include "main/stand_by.h"
#include "main/standing.h"
#include "main/store_command.h"
#include "main/wiring.h"
#include "manifest/schema.h"
#include "store/store_lock.h"
#include "view/json_preview.h"
#include "view/json_schema.h"

#include <cstdio>
#include <filesystem>
#include <utility>

namespace kedge {

namespace {

StoreUse store_use(Verb verb) {
    switch (verb) {
    case Verb::plan:
    case Verb::preview:
    case Verb::release:
    case Verb::explain:
    case Verb::holds:
    case Verb::history:
    case Verb::status:
        return StoreUse::read;
    case Verb::apply:
    case Verb::run:
    case Verb::adopt:
    case Verb::disown:
    case Verb::rollback:
    case Verb::resume:
    case Verb::pause:
    case Verb::freeze:
        return StoreUse::write;
    default:
        return StoreUse::none;
    }
}

// Of a folder below `root`, as a path in it; empty: it is elsewhere.
std::string inside(const std::string& root, const std::string& folder) {
    const auto whole = [](const std::string& path) { return std::filesystem::absolute(path).lexically_normal(); };
    const auto path = whole(folder).lexically_relative(whole(root)).generic_string();
    return path == "." || path.starts_with("..") ? std::string() : path;
}

int session_command(Runtime& runtime, const Options& options, Terminal& terminal, FileWatch files) {
    auto& session = runtime.session();
    switch (options.verb) {
    case Verb::plan:
        return plan_command(session, options, terminal);
    case Verb::preview: {
        const auto root = options.path.empty() && !options.checkout.empty() ? options.checkout : std::string(".");
        return preview_command(session, options, terminal,
                               [&](const Unit& unit) { return inside(root, runtime.set()->folder_of(unit)); });
    }
    case Verb::apply:
        return apply_command(session, options, terminal);
    case Verb::run:
        return run_daemon(runtime, options, std::move(files));
    case Verb::release:
        return release_command(session, options, terminal);
    case Verb::disown:
        return disown_command(session, options, terminal);
    case Verb::adopt:
        return adopt_command(session, options, terminal);
    case Verb::rollback:
        return rollback_command(session, options, terminal);
    case Verb::resume:
        return resume_command(session, options, terminal);
    case Verb::status:
        return status_command(session, options, terminal);
    case Verb::pause:
        return pause_command(session, options, terminal);
    case Verb::freeze:
        return freeze_command(session, options, terminal);
    case Verb::explain:
        return explain_command(session, options, terminal);
    case Verb::holds:
        return holds_command(session, options, terminal);
    case Verb::history:
        return history_command(session, options, terminal);
    default:
        return exit_error;
    }
}

bool say_history_problem(const Session& session, Terminal& terminal) {
    const auto why = session.history_problem();
    if (why.empty()) return false;
    terminal.say("kedge: warning: no history is kept: " + why);
    return true;
}

int with_settings(const Options& options, const Environment& environment, Terminal& terminal) {
    FileWatch files;
    if (options.path.empty()) files.watch({settings_file(options)});
    auto loaded = settings_for(options, environment);
    if (has_errors(loaded.findings)) {
        terminal.say(render_findings(loaded.findings, terminal.style(false)));
        return exit_error;
    }
    if (options.verb == Verb::store) return store_command(loaded.settings, options, environment, terminal);
    Runtime runtime(std::move(loaded.settings), options, environment, store_use(options.verb));
    if (options.verb == Verb::validate) {
        const auto validation = runtime.validate();
        return validate_command(validation.findings, validation.manifests, options, terminal);
    }
    auto& session = runtime.session();
    if (options.verb != Verb::run) take_up_standing(runtime, environment);
    const StopSignals signals(session, [&](const std::string& text) {
        if (options.verb == Verb::run)
            session.log.warning("ending", {{"why", text}});
        else
            terminal.say("kedge: " + text);
    });
    const Heartbeat heartbeat(session.loop, [&terminal] { terminal.tick(); });
    const bool tell = store_use(options.verb) == StoreUse::write && options.verb != Verb::run; // that one has a log
    const bool told = tell && say_history_problem(session, terminal);
    try {
        const int code = session_command(runtime, options, terminal, std::move(files));
        if (tell && !told) say_history_problem(session, terminal);
        return code;
    } catch (const Failure&) {
        // What fails once a stop was asked for fails because of it.
        if (!session.stop.asked()) throw;
        terminal.say("kedge: " + words_of_interruption(session));
        return exit_code_of_interruption(session);
    }
}

// What a person can do while another kedge, mostly the daemon, holds the store.
std::string way_on(const Options& options) {
    const std::string restart =
        "stop that one (SIGTERM; it finishes what it writes), run this command again, and start it again";
    const std::string listen = "; or let it listen (`server: {unix_socket: PATH}` in its settings): then it takes this "
                               "command while it runs";
    switch (options.verb) {
    case Verb::rollback:
        return restart + ": it stays at that commit; or revert the commit in git, which it follows by itself" + listen;
    case Verb::resume:
        return restart + (options.freeze.empty() ? ": it follows the branch of \"" + options.name + "\"" : "") + listen;
    case Verb::pause:
    case Verb::freeze:
        return restart + listen;
    case Verb::adopt:
        return restart + "; or commit x-kedge: {adopt: ID} to the manifest, which it follows by itself";
    case Verb::disown:
        return "stop that one (SIGTERM) for good and run this command again: as long as it runs it would take over "
               "what "
               "is equal";
    case Verb::run:
        return "one kedge at a time works on a store: stop that one (SIGTERM), or name another store";
    default:
        return "wait until it has ended; a daemon carries out by itself what `kedge plan` shows, and `kedge history` "
               "says what it did";
    }
}

Json schema_of(const std::string& kind) {
    if (kind == "plan") return plan_schema();
    if (kind == "report") return report_schema();
    if (kind == "explain") return explain_schema();
    if (kind == "holds") return holds_schema();
    if (kind == "history") return history_schema();
    if (kind == "preview") return preview_schema();
    return kind == "manifest" ? manifest_schema() : settings_schema();
}

} // namespace

int run_kedge(const std::vector<std::string>& arguments, const Environment& environment) {
    const auto parsed = parse_options(arguments);
    if (parsed.exit_code) {
        std::fputs(parsed.text.c_str(), *parsed.exit_code == 0 ? stdout : stderr);
        return *parsed.exit_code;
    }
    auto options = parsed.options;
    if (options.verb == Verb::apply && !options.path.empty() && is_saved_plan(options.path))
        options.saved_plan = std::exchange(options.path, {});
    const auto no_color = environment.find("NO_COLOR");
    Terminal terminal(options, no_color != environment.end() && !no_color->second.empty());
    if (options.verb == Verb::version) {
        terminal.print("kedge " KEDGE_VERSION);
        return exit_ok;
    }
    if (options.verb == Verb::schema) {
        terminal.print(schema_of(options.schema_kind).dump(2));
        return exit_ok;
    }
    try {
        if (options.verb == Verb::show) return show_command(options, terminal);
        if (is_for_daemon(options)) {
            if (const auto code = at_daemon(options, environment, terminal)) return *code;
        }
        return with_settings(options, environment, terminal);
    } catch (const WaitEnded&) {
        return exit_ok;
    } catch (const StoreBusy& busy) {
        terminal.say(std::string("kedge: ") + busy.what() + "; nothing was changed; " + way_on(options));
        return exit_locked;
    } catch (const Failure& failure) {
        terminal.say(std::string("kedge: ") + failure.what());
        return exit_error;
    }
}

} // namespace kedge
