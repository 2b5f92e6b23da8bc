// The real kedge binary against the sandbox on loopback, in a folder of its own. The sandbox runs on this process's
// loop, so a test can look at it and act as a person in the console.
#pragma once
#include "io/process.h"
#include "io/run.h"
#include "sandbox/console.h"
#include "sandbox/server.h"
#include "sandbox/truefoundry.h"

#include <map>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace kedge {

class Stage {
public:
    explicit Stage(sandbox::Knobs knobs = {});
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    using Environment = std::map<std::string, std::string>;
    // With TFY_HOST and TFY_API_KEY of a writer set, unless `more` says otherwise.
    ProcessResult kedge(std::vector<std::string> arguments, Environment more = {});
    ProcessResult run(std::vector<std::string> arguments);

    std::string path(const std::string& relative) const { return folder + "/" + relative; }
    void write(const std::string& relative, const std::string& text) const;
    // A git repository in `repository/` with everything written below it; each call is a commit.
    void commit(const std::string& title);
    // The servers github and jira in one commit, and settings for them.
    void begin_with_two_servers(const std::string& unit = {});
    // kedge.yaml for that repository; `unit` adds keys to its unit.
    void write_settings(const std::string& unit = {});
    static std::string remote(const std::string& name, const std::string& more = {});
    std::string url() const { return "http://127.0.0.1:" + std::to_string(server->api_port()); }
    std::uint64_t writes() { return plane.audit().counters().writes; }

    EventLoop loop{1};
    sandbox::TrueFoundry plane;
    sandbox::Console console;
    std::unique_ptr<sandbox::SandboxServer> server;
    std::string folder;
};

// A kedge that goes on until it is told to stop.
class Daemon {
public:
    Daemon(Stage& stage, const std::vector<std::string>& arguments, const Stage::Environment& more = {});
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // Lets the world turn until `reached` holds; false after a generous while.
    template<class Condition>
    bool wait_until(Condition reached) {
        for (int i = 0; i < 6000; ++i) {
            if (reached()) return true;
            turn();
        }
        return false;
    }
    void signal(int signal) const;
    int stop(int signal); // and waits for its end; gives the exit code
    int wait();
    void kill_now(); // SIGKILL, and waits for its end
    bool has_ended();
    std::string log() const;

private:
    void turn(); // 10 ms of the sandbox's loop
    Stage& stage_;
    std::string log_;
    pid_t pid_ = -1;
};

} // namespace kedge
