#include "cli/options.h"

#include "cli/option_parts.h"

#include <sstream>

namespace kedge {

namespace {

const char* const overview = "kedge keeps MCP-server registrations of an AI control plane as a git repository says.\n"
                             "\n"
                             "Try it without harm, on your own tenant, with nothing but a read token:\n"
                             "  export TFY_HOST=https://acme.truefoundry.cloud TFY_API_KEY=...\n"
                             "  kedge plan ./truefoundry";

const char* const exit_codes =
    "Exit codes: 0 nothing left to do, or a plan was shown; 1 an error or a finding, nothing was written; 2 plan with\n"
    "--detailed-exitcode: changes pending; 3 apply, wait: done, some changes are held; 4 refused by policy; 5 saved "
    "plan: "
    "nothing\n"
    "fits; 6 something was written, something else was not; 7 another kedge holds the store.\n"
    "Environment: TFY_HOST, TFY_API_KEY (with a PATH), KEDGE_SETTINGS, KEDGE_DAEMON and\nKEDGE_TOKEN (a running "
    "kedge), HTTPS_PROXY, NO_PROXY, NO_COLOR.";

void add_where(CLI::App& command, Options& options) {
    command
        .add_option("PATH", options.path, "folder or file of manifests; without it the settings say what to work on")
        ->type_name("");
    add_settings(command, options);
    command.add_flag("--private-urls", options.private_urls,
                     "with PATH: registrations may point at private hosts and plain http");
}

void add_target(CLI::App& command, Options& options) {
    command.add_option("--url", options.url, "with PATH: base URL of the control plane (default TFY_HOST)")
        ->type_name("URL");
    command
        .add_option("--token-file", options.token_file,
                    command.get_name() == "release" || command.get_name() == "preview"
                        ? "with PATH: file that holds the token (default: TFY_API_KEY); else the daemon's (KEDGE_TOKEN)"
                        : "with PATH: file that holds the token (default: TFY_API_KEY)")
        ->type_name("FILE");
    command.add_option("--installation", options.installation, "with PATH: name of this kedge in ownership markers")
        ->type_name("NAME");
    command.add_option("--unit", options.unit, "with PATH: name of the unit in ownership markers")->type_name("NAME");
    command.add_option("--store", options.store, "with PATH: folder that remembers what kedge owns and sent")
        ->type_name("DIR");
    command.add_flag("--allow-insecure", options.allow_insecure,
                     "with PATH: the control plane may be plain http (tests on loopback)");
    command
        .add_option("--rehearse", options.rehearse, "which changes the control plane checks: always, updates or never")
        ->type_name("WHICH")
        ->check(CLI::IsMember({"always", "updates", "never"}).description(""));
}

void add_selection(CLI::App& command, Options& options) {
    add_repeatable(command, "--only", options.only_names, "only registrations whose name fits this glob")
        ->type_name("GLOB");
    add_repeatable(command, "--type", options.only_types, "only this type, as in mcp-server/remote")->type_name("GLOB");
    add_repeatable(command, "--file", options.only_files, "only what these files of the source declare")
        ->type_name("GLOB");
}

void add_owner_verbs(CLI::App& app, Options& options) {
    auto* run = app.add_subcommand("run", "Keep every unit of the settings in sync until stopped");
    run->add_option("-c,--settings", options.settings, "settings file (default ./kedge.yaml)")
        ->type_name("FILE")
        ->envname("KEDGE_SETTINGS");
    add_repeatable(*run, "-u,--only-unit", options.units, "only this unit of the settings")->type_name("NAME");
    run->add_option("--log-format", options.log_format, "human or json")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"human", "json"}).description(""));
    run->callback([&options] { options.verb = Verb::run; });

    auto* release = app.add_subcommand("release", "Say yes to exactly one held change");
    release
        ->add_option("--digest,DIGEST", options.digest,
                     "digest of the change as the plan shows it, or its first 12 digits")
        ->required()
        ->type_name("");
    add_where(*release, options);
    add_target(*release, options);
    add_daemon(*release, options, false);
    release->add_option("--because", options.because, "why (kept with the release)")->required()->type_name("TEXT");
    release->add_option("--at-most", options.at_most, "hold again if more people than this would be signed out")
        ->type_name("N")
        ->check(CLI::PositiveNumber.description(""));
    release->callback([&options] { options.verb = Verb::release; });

    auto* disown = app.add_subcommand("disown", "Let go: forget ownership and take markers off, changing nothing else");
    add_where(*disown, options);
    add_target(*disown, options);
    add_output(*disown, options);
    disown->add_flag("--all", options.all, "everything that these units own");
    add_repeatable(*disown, "--name", options.names, "one registration")->type_name("NAME");
    disown->callback([&options] { options.verb = Verb::disown; });
}

void add_history(CLI::App& app, Options& options) {
    auto* history = app.add_subcommand("history", "List what was done, by whom and why, newest first");
    history->add_option("--name,NAME", options.name, "only this registration")->type_name("NAME");
    add_settings(*history, options);
    add_daemon(*history, options);
    add_moment(*history, options.since, "--since", "from this month, day or second on (UTC), or from so long ago: 30d");
    add_moment(*history, options.until, "--until", "up to and with this month, day or second, or up to so long ago");
    history
        ->add_option("--by", options.by, "only what this person wrote, released or did; a part of the name is enough")
        ->type_name("TEXT");
    add_output(*history, options, true);
    history
        ->add_option("--last", options.most, "how many passes to show (default 20; 1000 with --since, --until, --by)")
        ->type_name("N")
        ->check(CLI::PositiveNumber.description(""));
    history->callback([&options] { options.verb = Verb::history; });
}

void add_looking_verbs(CLI::App& app, Options& options) {
    auto* show = app.add_subcommand("show", "Show a plan that `kedge plan --out FILE` saved");
    show->add_option("FILE", options.saved_plan, "the saved plan")->required()->type_name("");
    add_output(*show, options);
    show->callback([&options] { options.verb = Verb::show; });

    auto* explain = app.add_subcommand("explain", "Everything about one registration: where it is declared, what is "
                                                  "live, what differs and why, what was done, what it waits for");
    explain->add_option("NAME", options.name, "name of the registration")->required()->type_name("");
    add_settings(*explain, options);
    add_output(*explain, options);
    explain->callback([&options] { options.verb = Verb::explain; });

    auto* holds = app.add_subcommand("holds", "List what is held, why, and the exact line that releases it");
    add_settings(*holds, options);
    add_daemon(*holds, options);
    add_output(*holds, options);
    holds->callback([&options] { options.verb = Verb::holds; });

    add_history(app, options);
}

void add_pinning_verbs(CLI::App& app, Options& options) {
    auto* adopt = app.add_subcommand("adopt", "Take one registration that is live and in git into ownership; write "
                                              "the ownership marker onto what is owned without one");
    adopt->add_option("NAME", options.name, "name of the registration")->type_name("");
    adopt->add_flag("--mark", options.mark,
                    "write the marker where that changes nothing else; without NAME onto everything that is owned");
    adopt->add_option("--id", options.id, "its id in the control plane, where the name alone does not say")
        ->type_name("ID");
    add_settings(*adopt, options);
    adopt->callback([&options] { options.verb = Verb::adopt; });

    auto* rollback = app.add_subcommand("rollback", "Keep a unit at an older commit until it is resumed");
    rollback->add_option("--to", options.commit, "the commit to go back to, or at least its first 7 digits")
        ->required()
        ->type_name("COMMIT");
    rollback->add_option("--because", options.because, "why (kept in the history)")->type_name("TEXT");
    add_settings(*rollback, options);
    add_daemon(*rollback, options);
    rollback->callback([&options] { options.verb = Verb::rollback; });
}

void add_schema_verb(CLI::App& app, Options& options) {
    auto* schema = app.add_subcommand("schema", "Print a JSON Schema: of manifests, of settings, or of what a command "
                                                "prints with --output json");
    schema
        ->add_option("KIND", options.schema_kind,
                     "manifest, settings, plan, report, explain, holds, history or preview")
        ->required()
        ->type_name("")
        ->check(CLI::IsMember({"manifest", "settings", "plan", "report", "explain", "holds", "history", "preview"})
                    .description(""));
    schema->callback([&options] { options.verb = Verb::schema; });
}

void add_store_verb(CLI::App& app, Options& options) {
    auto* store = app.add_subcommand("store", "The store of the settings: check what is in it, copy it, bring a copy "
                                              "back, bring it to this version");
    store->add_option("DEED", options.store_deed, "check, backup, restore or migrate")
        ->required()
        ->type_name("")
        ->check(CLI::IsMember({"check", "backup", "restore", "migrate"}).description(""));
    store->add_option("FOLDER", options.copy, "of the copy: a store by itself, which `kedge plan` can be tried on")
        ->type_name("");
    store->add_option("-c,--settings", options.settings, "settings file (default ./kedge.yaml)")
        ->type_name("FILE")
        ->envname("KEDGE_SETTINGS");
    store->callback([&options] { options.verb = Verb::store; });
}

void add_verbs(CLI::App& app, Options& options) {
    auto* validate = app.add_subcommand(
        "validate", "Read manifests and say everything that is wrong with them; asks no control plane");
    add_where(*validate, options);
    add_output(*validate, options);
    validate->add_flag("--strict", options.fail_on_warnings, "warnings count as errors");
    validate->callback([&options] { options.verb = Verb::validate; });

    auto* plan = app.add_subcommand("plan", "Show what would change, checked by the control plane; changes nothing");
    add_where(*plan, options);
    add_target(*plan, options);
    add_output(*plan, options);
    add_selection(*plan, options);
    plan->alias("diff");
    plan->add_flag("--detailed-exitcode", options.detailed_exitcode, "exit 2 where changes are pending");
    plan->add_option("--out", options.out, "save the plan, for `kedge show FILE` and `kedge apply FILE`")
        ->type_name("FILE");
    plan->callback([&options] { options.verb = Verb::plan; });

    auto* preview = app.add_subcommand(
        "preview", "Show what merging a pull request would do: asked of a running kedge, or planned from a checkout");
    add_where(*preview, options);
    add_target(*preview, options);
    add_daemon(*preview, options, false);
    add_preview(*preview, options);

    auto* apply = app.add_subcommand(
        "apply", "Show the plan and carry out what nothing holds; with a saved plan as PATH only what it shows, and of "
                 "that only what --only, --type and --file fit");
    add_where(*apply, options);
    add_selection(*apply, options);
    add_target(*apply, options);
    add_output(*apply, options);
    apply->add_flag("-y,--yes", options.yes, "do not ask on a terminal");
    add_duration(*apply, options.prune_delay, "--prune-delay",
                 "wait so long before deleting what left git (default 0s)");
    add_repeatable(*apply, "--release", options.release_digests, "release the held change of this digest for this run")
        ->type_name("DIGEST");
    apply->add_option("--because", options.because, "reason, with --release")->type_name("TEXT");
    apply->callback([&options] { options.verb = Verb::apply; });

    add_looking_verbs(app, options);
    add_owner_verbs(app, options);
    add_pinning_verbs(app, options);
    add_daemon_verbs(app, options);

    add_schema_verb(app, options);
    add_store_verb(app, options);

    auto* version = app.add_subcommand("version", "Print kedge's version");
    version->callback([&options] { options.verb = Verb::version; });
}

// The commands, one line each: where a line is not enough, `--help` says more.
std::string short_help(const CLI::App& app) {
    constexpr std::size_t longest = 80;
    std::string text = "usage: kedge COMMAND [OPTIONS]; say which command:\n\n";
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        auto about = command->get_description();
        if (about.size() > longest) about.resize(about.find_first_of(":;"));
        text += "  " + command->get_name() + std::string(10 - command->get_name().size(), ' ') + about + "\n";
    }
    return text + "\nFirst: kedge plan PATH changes nothing. More: kedge --help, kedge COMMAND --help\n";
}

} // namespace

void make_parser(CLI::App& app, Options& options) {
    app.name("kedge");
    app.description(overview);
    app.footer(exit_codes);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.set_help_flag("-h,--help", "show this help");
    add_verbs(app, options);
}

ParsedOptions parse_options(const std::vector<std::string>& arguments) {
    ParsedOptions parsed;
    CLI::App app;
    make_parser(app, parsed.options);
    if (arguments.empty()) {
        parsed.text = short_help(app);
        parsed.exit_code = 1;
        return parsed;
    }
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream errors;
        const int code = app.exit(error, out, errors);
        parsed.text = out.str() + errors.str();
        parsed.exit_code = code == 0 ? 0 : 1;
    }
    return parsed;
}

} // namespace kedge
