#include "cli/option_parts.h"

#include "cli/moment.h"

namespace kedge {

CLI::Option* add_repeatable(CLI::App& command, const std::string& flags, std::vector<std::string>& values,
                            const std::string& help) {
    return command.add_option(flags, values, help + " (repeatable)")->allow_extra_args(false);
}

void add_output(CLI::App& command, Options& options, bool lines) {
    std::map<std::string, Output> outputs{
        {"text", Output::text}, {"json", Output::json}, {"markdown", Output::markdown}};
    if (lines) outputs.emplace("jsonl", Output::jsonl);
    command
        .add_option("-o,--output", options.output,
                    lines ? "text, json, markdown or jsonl (one line for each pass and each change)"
                          : "text, json or markdown")
        ->transform(CLI::CheckedTransformer(outputs).description(""))
        ->type_name("FORMAT");
    command.add_flag("--no-color", options.no_color, "no colour on a terminal (NO_COLOR does the same)");
    command.add_flag("-q,--quiet", options.quiet, "no progress on standard error");
}

void add_settings_file(CLI::App& command, Options& options) {
    command.add_option("-c,--settings", options.settings, "settings file (default ./kedge.yaml)")
        ->type_name("FILE")
        ->envname("KEDGE_SETTINGS");
}

void add_settings(CLI::App& command, Options& options) {
    add_settings_file(command, options);
    add_repeatable(command, "-u,--only-unit", options.units, "only this unit of the settings")->type_name("NAME");
}

void add_duration(CLI::App& command, std::optional<Milliseconds>& value, const std::string& name,
                  const std::string& help) {
    command
        .add_option_function<std::string>(
            name,
            [&value, name](const std::string& text) {
                value = parse_duration(text);
                if (!value)
                    throw CLI::ValidationError(name, "\"" + text + "\" is no duration; write 30s, 15m or 1h30m");
            },
            help)
        ->type_name("DURATION");
}

void add_moment(CLI::App& command, std::string& value, const std::string& name, const std::string& help) {
    command
        .add_option_function<std::string>(
            name,
            [&value, name](const std::string& text) {
                if (!parse_moment(text, 0))
                    throw CLI::ValidationError(name, "\"" + text +
                                                         "\" is no point in time; write 2027-03, 2027-03-05, "
                                                         "2027-03-05T12:30:00Z (UTC), or 30d for so long ago");
                value = text;
            },
            help)
        ->type_name("TIME");
}

void add_daemon(CLI::App& command, Options& options, bool token) {
    command
        .add_option(
            "--daemon", options.daemon,
            "URL of a running kedge, or path of its socket (default: KEDGE_DAEMON, or server.unix_socket of the "
            "settings)")
        ->type_name("URL|PATH");
    if (token) {
        command
            .add_option("--token-file", options.token_file,
                        "file with the daemon's token, for a URL (default: KEDGE_TOKEN)")
            ->type_name("FILE");
        command.add_flag("--allow-insecure", options.allow_insecure, "the token may go over plain http (tests)");
    }
    command.add_option("--ca-file", options.ca_file, "certificates (PEM) that the daemon's is checked against")
        ->type_name("FILE");
}

} // namespace kedge
