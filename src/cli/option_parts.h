// What the command lines of several commands are made of. For options.cpp and its neighbours only.
#pragma once
#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

// The whole command line of kedge; `options` outlives it.
void make_parser(CLI::App& app, Options& options);

// One value each time it is given: what follows it may be a path.
CLI::Option* add_repeatable(CLI::App& command, const std::string& flags, std::vector<std::string>& values,
                            const std::string& help);
// `lines`: what is shown can also be had as JSON lines.
void add_output(CLI::App& command, Options& options, bool lines = false);
void add_settings_file(CLI::App& command, Options& options);
void add_settings(CLI::App& command, Options& options); // and --only-unit
void add_duration(CLI::App& command, std::optional<Milliseconds>& value, const std::string& name,
                  const std::string& help);
void add_moment(CLI::App& command, std::string& value, const std::string& name, const std::string& help);
// Which daemon to speak to. `token`: --token-file is not there yet.
void add_daemon(CLI::App& command, Options& options, bool token = true);
// preview, beside what each command takes that works on a path or on settings.
void add_preview(CLI::App& command, Options& options);
// status, sync, pause, resume, freeze, wait, events.
void add_daemon_verbs(CLI::App& app, Options& options);

} // namespace kedge
