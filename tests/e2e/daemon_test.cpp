// `kedge run` as a person operates it: by commands at its socket, by webhooks, by settings that move while it runs.
#include "tests/e2e/stage.h"

#include "base/json.h"

#include <csignal>
#include <filesystem>
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
    std::string read(const std::string& file) const {
        std::ifstream stream(stage.path(file));
        std::ostringstream text;
        text << stream.rdbuf();
        return text.str();
    }
    void add_settings(const std::string& more) { stage.write("kedge.yaml", read("kedge.yaml") + more); }
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
    // All rows of a metric together, as /metrics says it.
    double metric(const Daemon& daemon, const std::string& name) {
        const auto log = daemon.log();
        const auto at = log.find("127.0.0.1:", log.rfind("health at "));
        const auto url = "http://" + log.substr(at, log.find_first_of(", \"\n", at) - at) + "/metrics";
        std::istringstream text(stage.run({"curl", "-s", url}).output);
        double sum = 0;
        for (std::string line; std::getline(text, line);) {
            if (line.starts_with(name + "{") || line.starts_with(name + " "))
                sum += std::stod(line.substr(line.rfind(' ')));
        }
        return sum;
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
    const auto good = read("kedge.yaml");
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

TEST_F(Operated, in_a_pod_nothing_is_switched_on_that_copies_of_it_could_do_as_well) {
    const auto acts = read("kedge.yaml");
    auto reports = acts;
    reports.replace(reports.find("changes: apply"), 14, "changes: report");
    reports.replace(reports.find("drift: heal"), 11, "drift: report");
    stage.write("kedge.yaml", reports);
    Daemon daemon(stage, {"run"}, {{"KUBERNETES_SERVICE_HOST", "127.0.0.1"}});
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("pass ended") != std::string::npos; }))
        << daemon.log();
    stage.write("kedge.yaml", acts);
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings not taken up") != std::string::npos; }))
        << daemon.log();
    EXPECT_THAT(daemon.log(), HasSubstr("nobody says which of them may write"));
    EXPECT_EQ(stage.writes(), 0U);
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST_F(Operated, counters_go_on_when_settings_are_read_anew) {
    auto settings = read("kedge.yaml");
    settings.replace(settings.find("server: {"), 9, "server: {health: {listen: \"127.0.0.1:0\"}, ");
    stage.write("kedge.yaml", settings);
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    const auto requests = metric(daemon, "kedge_target_requests_total");
    EXPECT_GE(requests, 5) << "who am I, the list, two dry runs, two writes";
    EXPECT_EQ(metric(daemon, "kedge_fetches_total"), 1);
    EXPECT_GT(metric(daemon, "kedge_loop_longest_block_seconds"), 0);
    stage.write("kedge.yaml", settings + "# a word\n");
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings taken up") != std::string::npos; }));
    EXPECT_EQ(stage.kedge({"wait", "tools", "--timeout", "1m"}).exit_code, 0) << daemon.log();
    EXPECT_GE(metric(daemon, "kedge_fetches_total"), 2);
    EXPECT_GT(metric(daemon, "kedge_target_requests_total"), requests) << "those of the units before count as well";
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST_F(Operated, what_was_released_at_the_daemon_is_carried_out_by_a_later_apply_once) {
    auto settings = read("kedge.yaml");
    settings.replace(settings.find("interval: 10h"), 13, "interval: 10h, sign_out: approver");
    stage.write("kedge.yaml", settings);
    ASSERT_FALSE(
        stage.console.add({{"type", "mcp-server/remote"},
                           {"name", "slack"},
                           {"description", "by hand"},
                           {"url", "https://slack.example.com/mcp"},
                           {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}}));
    stage.write("repository/mcp/slack.yaml", Stage::remote("slack"));
    stage.commit("Add slack");
    {
        Daemon daemon(stage, {"run"});
        ASSERT_TRUE(is_up(daemon)) << daemon.log();
        const auto held = parse_json(stage.kedge({"holds", "--output", "json"}).output);
        ASSERT_EQ(held["changes"].size(), 1U) << held;
        const auto digest = held["changes"][0]["digest"].get<std::string>();
        ASSERT_EQ(stage.kedge({"pause", "tools", "--because", "not now"}).exit_code, 0);
        const auto released = stage.kedge({"release", digest, "--because", "ours from now on"});
        EXPECT_EQ(released.exit_code, 0) << released.output << released.errors;
        EXPECT_EQ(daemon.stop(SIGTERM), 0);
    }
    EXPECT_EQ(description("slack"), "by hand");
    ASSERT_EQ(stage.kedge({"resume", "tools"}).exit_code, 0);
    const auto applied = stage.kedge({"apply", "--yes"});
    EXPECT_EQ(applied.exit_code, 0) << applied.output << applied.errors;
    EXPECT_EQ(description("slack"), "Tools of slack");
    const auto writes = stage.writes();
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
    EXPECT_EQ(stage.writes(), writes);
}

TEST_F(Operated, a_settings_file_that_moves_is_seen_without_a_signal) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    add_settings("# a word\n");
    EXPECT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings taken up") != std::string::npos; }))
        << daemon.log();
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

// As the kubelet brings a ConfigMap: a link to a folder is moved; here in ways that are too early or too late.
TEST_F(Operated, settings_that_are_half_mounted_change_nothing_until_they_are_whole) {
    auto good = read("kedge.yaml");
    for (const std::string name : {"./store", "kedge.sock"})
        good.replace(good.find(name), name.size(), stage.path(name));
    const auto mounted = [&](const std::string& version, const std::string& text) {
        stage.write("mount/" + version + "/kedge.yaml", text);
        std::filesystem::remove(stage.path("mount/..next"));
        std::filesystem::create_directory_symlink(version, stage.path("mount/..next"));
        std::filesystem::rename(stage.path("mount/..next"), stage.path("mount/..data"));
    };
    mounted("..1", good);
    std::filesystem::create_symlink("..data/kedge.yaml", stage.path("mount/kedge.yaml"));
    Daemon daemon(stage, {"run", "--settings", "mount/kedge.yaml"});
    ASSERT_TRUE(is_up(daemon)) << daemon.log();
    const auto refused = [&](std::size_t times) {
        const auto log = daemon.log();
        std::size_t count = 0;
        for (auto at = log.find("settings not taken up"); at != std::string::npos;
             at = log.find("settings not taken up", at + 1))
            ++count;
        return count >= times;
    };
    std::filesystem::remove(stage.path("mount/..data"));
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return refused(1); })) << daemon.log();
    EXPECT_THAT(daemon.log(), HasSubstr("no such file"));
    mounted("..2", good.substr(0, good.find("units:")));
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return refused(2); })) << daemon.log();
    mounted("..3", "");
    daemon.signal(SIGHUP);
    ASSERT_TRUE(daemon.wait_until([&] { return refused(3); })) << daemon.log();
    // Those of before are in force, and that they are the old ones is told.
    describe("github", "as before");
    EXPECT_EQ(stage.kedge({"wait", "tools", "--timeout", "1m", "--settings", stage.path("kedge.yaml")}).exit_code, 0);
    EXPECT_EQ(description("github"), "as before");
    EXPECT_THAT(stage.kedge({"events", "--last", "50", "--settings", stage.path("kedge.yaml")}).output,
                HasSubstr("settings are not taken up, those of before go on"));
    auto report_only = good;
    report_only.replace(report_only.find("changes: apply"), 14, "changes: report");
    mounted("..4", report_only); // seen without a signal
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("settings taken up") != std::string::npos; }))
        << daemon.log();
    describe("github", "only reported");
    EXPECT_EQ(stage.kedge({"wait", "tools", "--timeout", "1m", "--settings", stage.path("kedge.yaml")}).exit_code, 3);
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}
