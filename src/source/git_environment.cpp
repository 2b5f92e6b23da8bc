#include "source/git_environment.h"

#include "base/base64.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

// ssh's own quoting inside -o: the whole value in double quotes, `%` doubled.
std::string ssh_file(const std::string& path) {
    std::string text = "\"";
    for (const char c : path) text += c == '%' ? std::string("%%") : std::string(1, c);
    return text + "\"";
}

std::int64_t whole_seconds(Milliseconds deadline, std::int64_t most) {
    return std::clamp<std::int64_t>(deadline.count() / 1000, 1, most);
}

std::string ssh_command(const GitSourceOptions& options) {
    const std::string seconds = std::to_string(whole_seconds(options.deadline, 20));
    const std::vector<std::string> settings = {"IdentityFile=" + ssh_file(options.ssh_key_file),
                                               "IdentitiesOnly=yes",
                                               "IdentityAgent=none",
                                               "UserKnownHostsFile=" + ssh_file(options.known_hosts_file),
                                               "GlobalKnownHostsFile=/dev/null",
                                               "StrictHostKeyChecking=yes",
                                               "UpdateHostKeys=no",
                                               "BatchMode=yes",
                                               "PreferredAuthentications=publickey",
                                               "ConnectTimeout=" + seconds,
                                               "ServerAliveInterval=5",
                                               "ServerAliveCountMax=3",
                                               "ControlMaster=no",
                                               "ControlPath=none",
                                               "ForwardAgent=no",
                                               "ClearAllForwardings=yes",
                                               "PermitLocalCommand=no"};
    std::string command = "ssh -F /dev/null";
    for (const auto& setting : settings) command += " -o " + shell_quoted(setting);
    return command;
}

Settings git_settings(const GitSourceOptions& options) {
    Settings settings = {
        {"core.hooksPath", "/dev/null"},
        {"core.fsmonitor", "false"},
        {"core.askPass", ""},
        {"credential.helper", ""},
        {"gc.auto", "0"},
        {"maintenance.auto", "false"},
        {"fetch.unpackLimit",
         "1"}, // one pack for each fetch that brought something: easy to count, no thousands of small files
        {"fetch.fsckObjects", "false"},
        {"fetch.writeCommitGraph", "false"},
        {"protocol.version", "2"},
        {"http.lowSpeedLimit", "100"},
        {"http.lowSpeedTime", std::to_string(whole_seconds(options.deadline / 2, 30))},
        // A redirect could carry the credential to another host.
        {"http.followRedirects", "false"},
        {"http.emptyAuth", "false"},
        {"safe.bareRepository", "all"},
    };
    if (!options.bearer.empty()) {
        settings.emplace_back("http.extraHeader", "Authorization: Bearer " + options.bearer.reveal());
    } else if (!options.token.empty()) {
        settings.emplace_back("http.extraHeader",
                              "Authorization: Basic " + base64(options.user + ":" + options.token.reveal()));
    }
    return settings;
}

std::string allowed_protocols(const GitSourceOptions& options) {
    std::string allowed = "https:ssh";
    if (options.allow_http) allowed += ":http";
    if (options.allow_local_path) allowed += ":file";
    return allowed;
}

} // namespace

std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::map<std::string, std::string> git_environment(const GitSourceOptions& options, const std::string& home) {
    std::map<std::string, std::string> environment = {{"HOME", home},
                                                      {"XDG_CONFIG_HOME", home},
                                                      {"GIT_CONFIG_NOSYSTEM", "1"},
                                                      {"GIT_CONFIG_GLOBAL", "/dev/null"},
                                                      {"GIT_TERMINAL_PROMPT", "0"},
                                                      {"GIT_ATTR_NOSYSTEM", "1"},
                                                      {"GIT_OPTIONAL_LOCKS", "0"},
                                                      {"GIT_ALLOW_PROTOCOL", allowed_protocols(options)},
                                                      {"LC_ALL", "C"},
                                                      {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    for (const char* name :
         {"PATH", "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') environment[name] = value;
    }
    if (!options.ca_file.empty()) environment["GIT_SSL_CAINFO"] = options.ca_file;
    if (transport_of(options.url) == GitTransport::ssh) {
        environment["GIT_SSH_COMMAND"] = ssh_command(options);
        environment["GIT_SSH_VARIANT"] = "ssh";
    }
    const Settings settings = git_settings(options);
    for (std::size_t i = 0; i < settings.size(); ++i) {
        environment["GIT_CONFIG_KEY_" + std::to_string(i)] = settings[i].first;
        environment["GIT_CONFIG_VALUE_" + std::to_string(i)] = settings[i].second;
    }
    environment["GIT_CONFIG_COUNT"] = std::to_string(settings.size());
    return environment;
}

} // namespace kedge
