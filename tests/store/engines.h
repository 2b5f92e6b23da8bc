// The engines that every store is asked on: files in a folder of their own, and schemas of their own in a PostgreSQL
// server that the first test starts and the last one ends.
#pragma once
#include "scratch.h"
#include "store/postgres_database.h"
#include "store/sqlite_database.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kedge {

// Debian's, as script/postgres.sh starts it: its own data folder, its own Unix socket, no port.
class PostgresServer final {
public:
    PostgresServer() {
        ::chmod(scratch_.path().c_str(), 0755); // the server runs as another user than root
        child_ = start();
        if (std::system((script() + " wait " + folder()).c_str()) != 0) // NOLINT: no other thread needs it
            throw std::runtime_error("no PostgreSQL for tests: script/deps test, and " + folder() + "/server.log");
    }
    ~PostgresServer() { signal(SIGQUIT, true); }
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    static PostgresServer& shared() {
        static PostgresServer server;
        return server;
    }
    std::string folder() const { return scratch_.path() / "server"; }
    PostgresOptions options(const std::string& prefix) const {
        PostgresOptions options;
        options.host = folder();
        options.tls = "disable"; // over a socket there is none
        options.prefix = prefix;
        return options;
    }
    // Ends it at once, as a crash does, and starts it anew on the same data.
    void restart() {
        stop();
        begin();
    }
    void stop() { signal(SIGQUIT, true); }
    void begin() {
        child_ = start();
        if (std::system((script() + " wait " + folder()).c_str()) != 0) // NOLINT
            throw std::runtime_error("PostgreSQL does not come back");
    }
    void freeze() { ::kill(-child_, SIGSTOP); }
    void thaw() { ::kill(-child_, SIGCONT); }

private:
    static std::string script() { return std::string(KEDGE_SOURCE_DIR) + "/script/postgres.sh"; }
    pid_t start() const {
        const auto child = ::fork();
        if (child != 0) return child;
        ::setpgid(0, 0);
        ::mkdir(folder().c_str(), 0755);
        ::execl("/usr/bin/env", "env", "bash", script().c_str(), "run", folder().c_str(), nullptr); // NOLINT
        ::_exit(127);
    }
    void signal(int number, bool and_wait) const {
        ::kill(child_, number);
        if (and_wait) ::waitpid(child_, nullptr, 0);
    }

    Scratch scratch_;
    pid_t child_ = 0;
};

struct InFiles {
    Scratch scratch;
    StoreEngine engine(const std::string& part = {}) const {
        return sqlite_engine(part.empty() ? scratch.store() : scratch.store() / part);
    }
};

struct OnServer {
    OnServer() : prefix("t" + std::to_string(++count)) {}
    std::string prefix;
    StoreEngine engine(const std::string& part = {}) const {
        return postgres_engine(PostgresServer::shared().options(prefix + part));
    }

private:
    inline static int count = 0;
};

} // namespace kedge
