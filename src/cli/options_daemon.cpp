// The commands that speak to a running kedge.
#include "cli/moment.h"
#include "cli/option_parts.h"

namespace kedge {

namespace {

// A point to come is meant to the second: "until Friday" would be the beginning of it to some, the end to others.
void add_end(CLI::App& command, Options& options) {
    add_duration(command, options.lasting, "--for", "ends by itself after so long");
    command
        .add_option_function<std::string>(
            "--until",
            [&options](const std::string& text) {
                const auto moment = parse_moment(text, 0);
                if (text.size() != 20 || !moment)
                    throw CLI::ValidationError("--until", "\"" + text +
                                                              "\" is no point in time; write 2027-03-05T12:30:00Z "
                                                              "(UTC), or --for 2h");
                options.until = text;
            },
            "ends by itself then: 2027-03-05T12:30:00Z")
        ->type_name("TIME")
        ->excludes("--for");
}

void add_because(CLI::App& command, Options& options) {
    command.add_option("--because", options.because, "why, for those who come later")->required()->type_name("TEXT");
}

void add_reach(CLI::App& command, Options& options) {
    add_settings_file(command, options);
    add_daemon(command, options);
}

void add_stopping_verbs(CLI::App& app, Options& options) {
    auto* pause = app.add_subcommand(
        "pause", "Change nothing in a unit, or of one registration, until it is resumed; looking goes on");
    pause->add_option("UNIT", options.name, "name of the unit")->required()->type_name("");
    pause->add_option("--name", options.resource, "only this registration of it")->type_name("NAME");
    add_end(*pause, options);
    add_because(*pause, options);
    add_reach(*pause, options);
    pause->callback([&options] { options.verb = Verb::pause; });

    auto* resume = app.add_subcommand(
        "resume", "End a pause or a freeze; let a unit that was rolled back follow its branch again");
    auto* unit = resume->add_option("UNIT", options.name, "name of the unit")->type_name("");
    auto* name = resume->add_option("--name", options.resource, "only this registration of it")->type_name("NAME");
    resume->add_option("--freeze", options.freeze, "the freeze of this name, instead of a unit")
        ->type_name("NAME")
        ->excludes(unit)
        ->excludes(name);
    add_reach(*resume, options);
    resume->callback([&options] {
        if (options.name.empty() && options.freeze.empty())
            throw CLI::ValidationError("resume", "say what to resume: a UNIT, or --freeze NAME");
        options.verb = Verb::resume;
    });

    auto* freeze =
        app.add_subcommand("freeze", "Change nothing in some units, or in all; those that come later are among all");
    freeze->add_option("NAME", options.freeze, "how it is called: lower-case letters, digits, hyphens")
        ->required()
        ->type_name("");
    add_repeatable(*freeze, "--unit", options.units, "only this unit")->type_name("NAME");
    add_end(*freeze, options);
    add_because(*freeze, options);
    add_reach(*freeze, options);
    freeze->callback([&options] { options.verb = Verb::freeze; });
}

void add_timeout(CLI::App& command, Options& options) {
    add_duration(command, options.timeout, "--timeout", "give up after so long (default 5m)");
}

void add_watching_verbs(CLI::App& app, Options& options) {
    auto* status = app.add_subcommand("status", "How the units of a running kedge are; with UNIT everything about one");
    status->add_option("UNIT", options.name, "name of a unit")->type_name("");
    add_reach(*status, options);
    add_output(*status, options);
    status->callback([&options] { options.verb = Verb::status; });

    auto* sync = app.add_subcommand("sync", "Let a running kedge look now, instead of at the next interval");
    sync->add_option("UNIT", options.name, "name of a unit (default: all)")->type_name("");
    sync->add_flag("--wait", options.wait, "wait for it to be in sync, as `kedge wait UNIT` does");
    add_timeout(*sync, options);
    add_reach(*sync, options);
    sync->callback([&options] {
        if (options.wait && options.name.empty()) throw CLI::ValidationError("--wait", "say which UNIT to wait for");
        options.verb = Verb::sync;
    });

    auto* wait =
        app.add_subcommand("wait", "Wait until a unit is as git says: exit code 0; 3 where all that is left is "
                                   "held or left alone, with what ends it; 1 where it fails or takes too long");
    wait->add_option("UNIT", options.name, "name of the unit")->required()->type_name("");
    wait->add_option("--commit", options.commit,
                     "it has seen this commit (default: the newest, by a look that begins now)")
        ->type_name("COMMIT");
    add_timeout(*wait, options);
    add_reach(*wait, options);
    wait->callback([&options] { options.verb = Verb::wait; });

    auto* events = app.add_subcommand("events", "What a running kedge did lately, one line each");
    events->add_flag("-f,--follow", options.follow, "go on with what happens from now on");
    add_repeatable(*events, "--unit", options.units, "only of this unit")->type_name("NAME");
    events->add_option("--last", options.most, "how many of the past (default 20)")
        ->type_name("N")
        ->check(CLI::PositiveNumber.description(""));
    add_reach(*events, options);
    add_output(*events, options);
    events->callback([&options] { options.verb = Verb::events; });
}

} // namespace

void add_daemon_verbs(CLI::App& app, Options& options) {
    add_stopping_verbs(app, options);
    add_watching_verbs(app, options);
}

} // namespace kedge
