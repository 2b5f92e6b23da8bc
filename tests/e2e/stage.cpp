#include "tests/e2e/stage.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace kedge {

namespace {

const std::string binary = std::string(KEDGE_BINARY_DIR) + "/src/kedge";

std::string make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kedge-e2e-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return name;
}

Stage::Environment environment_of(const Stage& stage, const Stage::Environment& more) {
    Stage::Environment environment{
        {"PATH", "/usr/bin:/bin"}, {"HOME", stage.folder}, {"TFY_HOST", stage.url()}, {"TFY_API_KEY", "tfy_writer"}};
    for (const auto* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name)) environment[name] = value;
    }
    for (const auto& [name, value] : more) environment[name] = value;
    return environment;
}

} // namespace

Stage::Stage(sandbox::Knobs knobs) : plane(knobs), console(plane), folder(make_folder()) {
    for (const auto role : {sandbox::Role::admin, sandbox::Role::writer, sandbox::Role::reader}) {
        plane.people().add("tfy_" + std::string(sandbox::role_text(role)), sandbox::person_of(role, plane.tenant()));
    }
    server = std::make_unique<sandbox::SandboxServer>(loop, plane);
}

Stage::~Stage() {
    server->stop();
    std::filesystem::remove_all(folder);
}

ProcessResult Stage::kedge(std::vector<std::string> arguments, Environment more) {
    ProcessRequest request;
    request.arguments = std::move(arguments);
    request.arguments.insert(request.arguments.begin(), binary);
    request.environment = environment_of(*this, more);
    request.directory = folder;
    return run_to_end(loop, run_process(std::move(request)));
}

ProcessResult Stage::run(std::vector<std::string> arguments) {
    ProcessRequest request;
    request.arguments = std::move(arguments);
    request.environment = environment_of(*this, {});
    request.directory = folder;
    auto result = run_to_end(loop, run_process(std::move(request)));
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result;
}

void Stage::write(const std::string& relative, const std::string& text) const {
    const auto file = std::filesystem::path(path(relative));
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

void Stage::begin_with_two_servers(const std::string& unit) {
    for (const auto* name : {"github", "jira"}) write(std::string("repository/mcp/") + name + ".yaml", remote(name));
    commit("Two servers");
    write_settings(unit);
}

void Stage::commit(const std::string& title) {
    const auto repository = path("repository");
    if (!std::filesystem::exists(repository + "/.git")) run({"git", "init", "-q", "-b", "main", repository});
    run({"git", "-C", repository, "add", "-A"});
    run({"git", "-C", repository, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-q",
         "--allow-empty", "-m", title});
}

void Stage::write_settings(const std::string& unit) {
    write(
        "kedge.yaml",
        "version: 1\ninstallation: e2e\nstore: ./store\nnetworks: {allow_insecure: true}\nsources:\n  repo: {git: \"" +
            path("repository") + "\", branch: main}\ntargets:\n  tfy: {provider: truefoundry, url: \"" + url() +
            "\", token: \"${env:TFY_API_KEY}\"}\nunits:\n  - {name: tools, source: repo, path: mcp, target: tfy, "
            "changes: apply, drift: heal" +
            (unit.empty() ? "" : ", " + unit) + "}\n");
}

std::string Stage::remote(const std::string& name, const std::string& more) {
    return "type: mcp-server/remote\nname: " + name + "\ndescription: Tools of " + name + "\nurl: https://" + name +
           ".example.com/mcp\ncollaborators:\n  - subject: team:everyone\n    role_id: mcp-server-user\n" + more;
}

Daemon::Daemon(Stage& stage, const std::vector<std::string>& arguments, const Stage::Environment& more)
    : stage_(stage), log_(stage.path("daemon.log")) {
    std::vector<std::string> words{binary};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> pairs;
    for (const auto& [name, value] : environment_of(stage, more)) pairs.push_back(name + "=" + value);
    std::vector<char*> argv, envp;
    for (auto& word : words) argv.push_back(word.data());
    for (auto& pair : pairs) envp.push_back(pair.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        if (::chdir(stage.folder.c_str()) != 0) ::_exit(126);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(out);
}

Daemon::~Daemon() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

void Daemon::turn() {
    stage_.loop.restart();
    stage_.loop.run_for(std::chrono::milliseconds(10));
}

void Daemon::signal(int signal) const {
    ::kill(pid_, signal);
}

int Daemon::stop(int number) {
    signal(number);
    return wait();
}

int Daemon::wait() {
    int status = 0;
    const bool ended = wait_until([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
    if (!ended) return -2;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Daemon::kill_now() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

bool Daemon::has_ended() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    return pid_ <= 0;
}

std::string Daemon::log() const {
    std::ifstream file(log_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace kedge
