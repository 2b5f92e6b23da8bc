// kedge-sandbox: a control plane on this machine to try kedge, or the vendor's CLI, against.
#include "base/failure.h"
#include "io/task.h"
#include "sandbox/command_line.h"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace {

using namespace kedge;
using namespace kedge::sandbox;

void describe(CLI::App& app, CommandLine& asked) {
    app.description("A control plane in one process, to try things against. Listens on 127.0.0.1 only.");
    app.add_option("--api", asked.api, "whose API it speaks; --list names them")->capture_default_str();
    app.add_option("--base-path", asked.base_path, "what stands before every path, as behind a proxy: /tools");
    app.add_option("--port", asked.ports.api, "port of the API; 0: a free one");
    app.add_option("--admin-port", asked.ports.admin, "port of the admin API and page; 0: a free one");
    app.add_option("--tenant", asked.tenant, "name of the tenant")->capture_default_str();
    app.add_option("--token", asked.tokens, "TOKEN:ROLE, with admin, writer, reader or guest; default: demo tokens");
    app.add_option("--token-file", asked.token_file, "the same, one a line");
    app.add_option("--state", asked.state_file, "SQLite file that keeps everything; default: memory only");
    app.add_option("--knob", asked.knobs, "name=value; --list names them");
    app.add_option("--fault", asked.faults, "\"METHOD PATH KIND [key=value ...]\"; --list names the kinds");
    app.add_option("--print-ports", asked.ports_file, "writes the ports to this file, as JSON");
    app.add_flag("--list", asked.list, "says what is served: APIs, routes, knobs, faults; with --api: of that one");
}

std::int64_t system_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void announce(const CommandLine& asked, const SandboxServer& server) {
    const ApiEntry& api = api_of(asked);
    const Json ports = {{"api", server.api_port()}, {"admin", server.admin_port()}, {"tenant", asked.tenant}};
    std::cout << "kedge-sandbox ready " << ports.dump() << "\n";
    const std::string base = "http://127.0.0.1:" + std::to_string(server.api_port()) + asked.base_path;
    const bool first = api.name == "truefoundry"; // the vendor's CLI takes these names
    std::cout << (first ? "  TFY_HOST=" : "  " + std::string(api.title) + " at ") << base << "\n";
    if (asked.tokens.empty() && asked.token_file.empty()) {
        for (const auto& token : api.demo_tokens) {
            const auto colon = token.rfind(':');
            std::cout << (first ? "  TFY_API_KEY=" : "  token ") << token.substr(0, colon) << "  ("
                      << token.substr(colon + 1) << ")\n";
        }
    }
    std::cout << "  what is registered: http://127.0.0.1:" << server.admin_port() << "/\n" << std::flush;
    if (asked.ports_file.empty()) return;
    // Renamed into place: whoever waits for the file reads it whole.
    const std::string partial = asked.ports_file + ".new";
    std::ofstream file(partial);
    file << ports.dump() << "\n";
    file.close();
    if (!file || std::rename(partial.c_str(), asked.ports_file.c_str()) != 0) {
        throw Failure(NextAction::stop,
                      "sandbox: write ports \"" + asked.ports_file + "\": the file cannot be written");
    }
}

void run(const CommandLine& asked) {
    PlaneOptions options;
    options.tenant = asked.tenant;
    options.now_ms = system_ms;
    options.seed = static_cast<std::uint64_t>(system_ms());
    options.state_file = asked.state_file;
    const auto owned = plane_of(asked, std::move(options));
    ControlPlane& plane = *owned;
    EventLoop loop;
    SandboxServer server(loop, plane, asked.ports);
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) server.stop();
    });
    announce(asked, server);
    loop.run();
    std::cout << "kedge-sandbox stopped after " << plane.ground().audit().counters().requests << " requests\n";
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app;
    CommandLine asked;
    describe(app, asked);
    CLI11_PARSE(app, argc, argv);
    asked.api_given = app.count("--api") > 0;
    try {
        if (asked.list) {
            std::cout << list_text(asked);
            return 0;
        }
        run(asked);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
