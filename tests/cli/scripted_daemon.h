// A daemon of prepared answers at a Unix socket of its own, for tests of the commands that speak to one. Its documents
// are made by the view functions that the real one uses.
#pragma once
#include "base/json.h"
#include "cli/daemon_commands.h"
#include "cli/options.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "model/unit_status.h"

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

struct Ended {
    int code = 0;
    std::string out;
    std::string error;
};

class ScriptedDaemon {
public:
    ScriptedDaemon();
    ~ScriptedDaemon();
    ScriptedDaemon(const ScriptedDaemon&) = delete;
    ScriptedDaemon& operator=(const ScriptedDaemon&) = delete;

    // To "GET /units", below /api/v1. Several answers to one question are given one after the other, the last for ever.
    void answer(const std::string& question, const Json& document);
    void refuse(const std::string& question, int status, const std::string& detail);
    void answer_with(const std::string& question, ServerAnswer answer);

    // One command line, without --daemon. Throws Failure as the command does.
    Ended run(std::vector<std::string> arguments);
    std::string complaint(std::vector<std::string> arguments); // of the Failure it ends with
    std::string path() const { return (folder_ / "kedge.sock").string(); }
    void stop() { server_->stop(); }

    std::vector<HttpRequest> asked;
    ManualClock clock;
    EventLoop loop{1};

private:
    Task<ServerAnswer> handle(HttpRequest request);
    std::filesystem::path folder_;
    std::map<std::string, std::deque<ServerAnswer>> answers_;
    std::unique_ptr<HttpServer> server_;
};

UnitStatus unit_in_sync(const std::string& name, const std::string& commit, const std::string& pass);

} // namespace kedge
