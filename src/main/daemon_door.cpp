#include "main/daemon_door.h"

#include "cli/daemon_commands.h"
#include "io/beast_client.h"
#include "io/origin.h"
#include "io/secret_store.h"

#include <boost/asio/ip/address.hpp>
#include <filesystem>

namespace kedge {

namespace {

std::string value_of(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

bool is_loopback(const std::string& host) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return host == "localhost" || (!error && address.is_loopback());
}

Secret token_of(const Options& options, const Environment& environment) {
    const SecretStore credentials({"env:*", "file:/**"}, environment, Secret());
    if (!options.token_file.empty())
        return credentials.value("file", std::filesystem::absolute(options.token_file).lexically_normal().string());
    return value_of(environment, "KEDGE_TOKEN").empty() ? Secret() : credentials.value("env", "KEDGE_TOKEN");
}

DaemonAddress named_address(const std::string& named, const Options& options, const Environment& environment) {
    DaemonAddress address;
    if (named.find("://") == std::string::npos) {
        address.unix_socket = named;
        return address; // who asks is known there without a token
    }
    const auto origin = parse_origin(named);
    address.url = named;
    address.token = token_of(options, environment);
    address.ca_file = options.ca_file;
    address.proxy = proxy_for(named, environment);
    if (!address.token.empty() && !origin.tls && !is_loopback(origin.host) && !options.allow_insecure)
        throw Failure(NextAction::stop, "daemon: use \"" + named +
                                            "\": the token would go over the network in the clear; use https, or give "
                                            "--allow-insecure for a test");
    return address;
}

// Of the settings, mistakes in them notwithstanding: a daemon goes on with those that it has read.
std::string socket_of_settings(const Options& options, const Environment& environment) {
    const auto loaded = settings_for(options, environment);
    return loaded.settings.serves ? loaded.settings.server.unix_socket : std::string();
}

bool has_settings(const Options& options) {
    std::error_code ignored;
    return std::filesystem::exists(settings_file(options), ignored);
}

// No daemon: the store serves the command, or nothing does.
std::optional<int> without_daemon(const Options& options, const std::string& why, Terminal& terminal) {
    // The others say of themselves that they need settings, and which.
    const bool speaks_here =
        options.verb == Verb::status || options.verb == Verb::pause || options.verb == Verb::freeze;
    if (needs_daemon(options.verb) || options.verb == Verb::preview || (speaks_here && !has_settings(options)))
        throw Failure(NextAction::wait_for_change, why);
    if (options.verb == Verb::status) terminal.say("kedge: " + why + "\nthis is what the store remembers:");
    return std::nullopt;
}

} // namespace

std::optional<int> at_daemon(const Options& options, const Environment& environment, Terminal& terminal) {
    const auto named = options.daemon.empty() ? value_of(environment, "KEDGE_DAEMON") : options.daemon;
    DaemonAddress address;
    if (!named.empty()) {
        address = named_address(named, options, environment);
    } else if (has_settings(options)) {
        address.unix_socket = socket_of_settings(options, environment);
        if (address.unix_socket.empty())
            return without_daemon(options,
                                  "daemon: find one: the settings have no `server: {unix_socket: PATH}` where it would "
                                  "answer; --daemon URL|PATH names another",
                                  terminal);
    } else {
        const auto file = settings_file(options);
        return without_daemon(options,
                              "daemon: find one: there is no \"" + file +
                                  "\"; give --settings FILE, or name a daemon with --daemon URL|PATH or KEDGE_DAEMON",
                              terminal);
    }
    EventLoop loop{1};
    SystemClock clock;
    DaemonClient client(std::move(address));
    DaemonSession session{loop, clock, client};
    try {
        return daemon_command(session, options, terminal);
    } catch (const DaemonAway& away) {
        if (!named.empty() || !away.nobody()) throw;
        return without_daemon(options, away.what(), terminal);
    } catch (const DaemonRefused& refused) {
        // What it does not take by command can be committed: the command says how.
        if (options.verb != Verb::release || refused.status() != 409 || !named.empty()) throw;
        terminal.say(std::string("kedge: ") + refused.what());
        return std::nullopt;
    }
}

} // namespace kedge
