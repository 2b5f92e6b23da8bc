#include "tests/cli/scripted_daemon.h"

#include "cli/terminal.h"
#include "io/run.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace kedge {

namespace {

ServerAnswer answer_of(int status, const std::string& type, const Json& document) {
    ServerAnswer answer;
    answer.response.status = status;
    answer.response.headers.emplace_back("Content-Type", type);
    answer.response.body = document.dump();
    return answer;
}

} // namespace

ScriptedDaemon::ScriptedDaemon() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kedge-cli-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    HttpServerOptions options;
    options.unix_socket = path();
    HttpServer::Handler handler = [this](HttpRequest request) { return handle(std::move(request)); };
    server_ = std::make_unique<HttpServer>(loop, options, std::move(handler));
}

ScriptedDaemon::~ScriptedDaemon() {
    server_.reset();
    std::filesystem::remove_all(folder_);
}

void ScriptedDaemon::answer(const std::string& question, const Json& document) {
    answer_with(question, answer_of(200, "application/json", document));
}

void ScriptedDaemon::refuse(const std::string& question, int status, const std::string& detail) {
    const Json problem = {{"type", "urn:kedge:problem:test"}, {"title", "t"}, {"status", status}, {"detail", detail}};
    answer_with(question, answer_of(status, "application/problem+json", problem));
}

void ScriptedDaemon::answer_with(const std::string& question, ServerAnswer answer) {
    answers_[question].push_back(std::move(answer));
}

Task<ServerAnswer> ScriptedDaemon::handle(HttpRequest request) {
    const auto question = request.method + " " + request.target.substr(std::string("/api/v1").size());
    asked.push_back(std::move(request));
    auto& some = answers_[question];
    if (some.empty()) {
        ADD_FAILURE() << "nobody prepared an answer to " << question;
        some.push_back(answer_of(404, "text/plain", {}));
    }
    auto answer = some.front();
    if (some.size() > 1) some.pop_front();
    co_return answer;
}

Ended ScriptedDaemon::run(std::vector<std::string> arguments) {
    const auto parsed = parse_options(arguments);
    EXPECT_FALSE(parsed.exit_code) << parsed.text;
    EXPECT_TRUE(is_for_daemon(parsed.options));
    Terminal terminal(parsed.options, true);
    DaemonAddress address;
    address.unix_socket = path();
    DaemonClient client(std::move(address));
    DaemonSession session{loop, clock, client};
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ended ended;
    try {
        ended.code = daemon_command(session, parsed.options, terminal);
    } catch (const Failure&) {
        testing::internal::GetCapturedStdout();
        testing::internal::GetCapturedStderr();
        throw;
    }
    ended.out = testing::internal::GetCapturedStdout();
    ended.error = testing::internal::GetCapturedStderr();
    return ended;
}

std::string ScriptedDaemon::complaint(std::vector<std::string> arguments) {
    try {
        run(std::move(arguments));
    } catch (const Failure& failure) {
        return failure.what();
    }
    ADD_FAILURE() << "it should have failed";
    return {};
}

UnitStatus unit_in_sync(const std::string& name, const std::string& commit, const std::string& pass) {
    UnitStatus status;
    status.unit = name;
    status.installation = "prod";
    status.source = "platform";
    status.target = "tfy";
    status.provider = "truefoundry";
    status.reactions = "changes: apply, drift: heal";
    status.state = UnitState::in_sync;
    status.revision.id = commit;
    status.revision.branch = "main";
    status.counts.equal = 2;
    status.pass = pass;
    status.last_pass = status.last_success = 1'800'000'000;
    status.next_pass = 1'800'000'060;
    status.took = Milliseconds(1200);
    return status;
}

} // namespace kedge
