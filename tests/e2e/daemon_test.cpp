// `kedge run` as a person operates it: by commands at its socket, by webhooks, by settings that move while it runs.
#include "tests/e2e/stage.h"

#include "base/json.h"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Operated : public testing::Test {
protected:
    void SetUp() override {
        stage.begin_with_two_servers("interval: 10h");
        add_settings(
            "server: {listen: \"127.0.0.1:0\", unix_socket: kedge.sock, webhooks: [{kind: generic, secret: \"${file:" +
            stage.path("hook") + "}\"}]}\n");
        stage.write("hook", "the secret of the forge\n");
    }
    void add_settings(const std::string& more) {
        std::ifstream file(stage.path("kedge.yaml"));
        std::ostringstream text;
        text << file.rdbuf();
        stage.write("kedge.yaml", text.str() + more);
    }
    bool is_up(Daemon& daemon) {
        const auto ended = [&] { return daemon.log().find("pass ended") != std::string::npos; };
        return daemon.wait_until([&] { return ended() || daemon.has_ended(); }) && ended();
    }
    std::string description(const std::string& name) {
        const auto* server = stage.plane.registry().by_name(name);
        return server == nullptr ? "" : server->document().value("description", "");
    }
    void describe(const std::string& name, const std::string& text) {
        auto manifest = Stage::remote(name);
        const std::string before = "description: ";
        const auto at = manifest.find(before);
        manifest.replace(at, manifest.find('\n', at) - at, before + text);
        stage.write("repository/mcp/" + name + ".yaml", manifest);
        stage.commit("Describe " + name);
    }
    // "127.0.0.1:PORT", as the log says it.
    static std::string address(const Daemon& daemon) {
        const auto log = daemon.log();
        const auto at = log.find("127.0.0.1:", log.find("listening"));
        return log.substr(at, log.find_first_of(", \"\n", at) - at);
    }
    ProcessResult hook(const Daemon& daemon, const std::string& secret) {
        const std::string script =
            "body='{\"url\": \"" + stage.path("repository") +
            "\"}'; time=$(date +%s); signature=$(printf '%s.%s' \"$time\" \"$body\" | openssl dgst -sha256 -hmac '" +
            secret +
            "' | sed 's/.* //'); curl -s -w ' %{http_code}' -H \"X-Kedge-Timestamp: $time\" -H \"X-Kedge-Signature: "
            "sha256=$signature\" -H 'Content-Type: "
            "application/json' -d \"$body\" http://" +
            address(daemon) + "/hooks/generic";
        return stage.run({"bash", "-c", script});
    }

    Stage stage;
};

} // namespace

TEST_F(Operated, it_is_asked_and_told_at_its_socket) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    const auto status = stage.kedge({"status"});
    EXPECT_EQ(status.exit_code, 0) << status.errors;
    EXPECT_THAT(status.output, AllOf(HasSubstr("tools"), HasSubstr("in-sync"))) << status.errors;

    describe("github", "new words");
    const auto waited = stage.kedge({"wait", "tools", "--timeout", "1m"});
    EXPECT_EQ(waited.exit_code, 0) << waited.output << waited.errors << daemon.log();
    EXPECT_EQ(description("github"), "new words");

    EXPECT_EQ(stage.kedge({"pause", "tools", "--name", "github", "--because", "incident 7"}).exit_code, 0);
    describe("github", "other words");
    const auto held = stage.kedge({"wait", "tools", "--timeout", "1m"});
    EXPECT_EQ(held.exit_code, 3) << held.output << held.errors;
    EXPECT_THAT(held.output, AllOf(HasSubstr("incident 7"), HasSubstr("kedge resume tools --name github")));
    EXPECT_EQ(description("github"), "new words");
    EXPECT_EQ(stage.kedge({"resume", "tools", "--name", "github"}).exit_code, 0);
    EXPECT_EQ(stage.kedge({"wait", "tools", "--timeout", "1m"}).exit_code, 0);
    EXPECT_EQ(description("github"), "other words");

    const auto history = stage.kedge({"history", "--name", "github"});
    EXPECT_EQ(history.exit_code, 0) << history.errors;
    EXPECT_THAT(history.output, HasSubstr("Describe github"));
    EXPECT_THAT(stage.kedge({"events"}).output,
                AllOf(HasSubstr("incident 7"), HasSubstr("update of \"github\": done")));
    EXPECT_EQ(daemon.stop(SIGTERM), 0) << daemon.log();
}

TEST_F(Operated, commands_that_change_its_store_directly_are_refused_while_it_runs) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 7);
    EXPECT_EQ(stage.kedge({"run"}).exit_code, 7);
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST_F(Operated, a_webhook_is_heard_at_once_and_a_forged_one_never) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    describe("github", "pushed");
    const auto forged = hook(daemon, "a guess");
    EXPECT_THAT(forged.output, HasSubstr("401"));
    EXPECT_THAT(forged.output, Not(HasSubstr("the secret of the forge")));
    const auto heard = hook(daemon, "the secret of the forge");
    EXPECT_THAT(heard.output, HasSubstr("202")) << heard.errors;
    EXPECT_TRUE(daemon.wait_until([&] { return description("github") == "pushed"; })) << daemon.log() << heard.output;
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST_F(Operated, settings_that_move_are_taken_up_whole_or_not_at_all) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    const auto good = [&] {
        std::ifstream file(stage.path("kedge.yaml"));
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }();
    stage.write("kedge.yaml", good + "nonsense: true\n");
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings not taken up") != std::string::npos; }));
    EXPECT_THAT(daemon.log(), HasSubstr("nonsense"));
    EXPECT_EQ(stage.kedge({"status", "--settings", stage.path("nosuch.yaml")}).exit_code, 1);

    auto report_only = good;
    report_only.replace(report_only.find("changes: apply"), 14, "changes: report");
    stage.write("kedge.yaml", report_only);
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings taken up") != std::string::npos; }))
        << daemon.log();
    describe("github", "only reported");
    EXPECT_EQ(stage.kedge({"wait", "tools", "--timeout", "1m"}).exit_code, 3);
    EXPECT_NE(description("github"), "only reported");
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST_F(Operated, a_settings_file_that_moves_is_seen_without_a_signal) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    add_settings("# a word\n");
    EXPECT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings taken up") != std::string::npos; }))
        << daemon.log();
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}
