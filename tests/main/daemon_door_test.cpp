// Which running kedge a command speaks to, and what it does where there is none.
#include "base/json.h"
#include "cli/exit_code.h"
#include "main/wiring.h"
#include "store/store_lock.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

namespace {

class DaemonDoor : public testing::Test {
protected:
    DaemonDoor() {
        std::string pattern = (std::filesystem::temp_directory_path() / "kedge-door-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::filesystem::create_directory(folder_ / "manifests");
        write_settings("");
    }
    ~DaemonDoor() override { std::filesystem::remove_all(folder_); }

    void write_settings(const std::string& more) const {
        std::ofstream(folder_ / "kedge.yaml")
            << "version: 1\ninstallation: prod\nnetworks: {allow_insecure: true}\nstore: "
            << (folder_ / "store").string() << "\nsources:\n  git: {folder: " << (folder_ / "manifests").string()
            << "}\ntargets:\n  tfy: {provider: truefoundry, url: \"http://127.0.0.1:9\", token: \"${env:TOKEN}\"}\n"
            << "units:\n  - {name: tools, source: git, target: tfy, changes: apply, drift: heal}\n"
            << more;
    }

    int run(std::vector<std::string> arguments, Environment more = {}) {
        arguments.insert(arguments.end(), {"--settings", (folder_ / "kedge.yaml").string()});
        more.emplace("TOKEN", "a-token");
        more.emplace("USER", "ann");
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = run_kedge(arguments, more);
        out = testing::internal::GetCapturedStdout();
        error = testing::internal::GetCapturedStderr();
        return code;
    }

    Json stoppages() {
        EXPECT_EQ(run({"status", "--output", "json"}), exit_ok) << error;
        return parse_json(out)["units"][0]["stoppages"];
    }

    std::filesystem::path folder_;
    std::string out;
    std::string error;
};

} // namespace

TEST_F(DaemonDoor, without_a_daemon_a_pause_is_kept_in_the_store) {
    ASSERT_EQ(run({"pause", "tools", "--name", "github", "--for", "2h", "--because", "incident"}), exit_ok) << error;
    EXPECT_THAT(out, AllOf(HasSubstr("\"github\" is paused until "), HasSubstr("kedge resume tools --name github")));
    const auto kept = stoppages();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0]["resource"], "github");
    EXPECT_EQ(kept[0]["because"], "incident");
    EXPECT_EQ(kept[0]["by"], "local:ann");
    EXPECT_FALSE(kept[0]["until"].is_null());
    ASSERT_EQ(run({"resume", "tools", "--name", "github"}), exit_ok);
    EXPECT_TRUE(stoppages().empty());
}

TEST_F(DaemonDoor, without_a_daemon_a_freeze_is_kept_and_ended_by_its_name) {
    ASSERT_EQ(run({"freeze", "release-week", "--because", "the release"}), exit_ok) << error;
    EXPECT_EQ(run({"freeze", "release-week", "--because", "again"}), exit_error) << "there is one of this name";
    EXPECT_EQ(stoppages()[0]["name"], "release-week");
    ASSERT_EQ(run({"resume", "tools"}), exit_ok);
    EXPECT_THAT(out, HasSubstr("Freeze \"release-week\" still stops it."));
    ASSERT_EQ(run({"resume", "--freeze", "release-week"}), exit_ok);
    EXPECT_TRUE(stoppages().empty());
    EXPECT_EQ(run({"resume", "--freeze", "release-week"}), exit_error);
}

TEST_F(DaemonDoor, what_makes_no_sense_stops_nothing) {
    EXPECT_EQ(run({"pause", "toolz", "--because", "x"}), exit_error);
    EXPECT_THAT(error, HasSubstr("no unit \"toolz\"; they have tools"));
    EXPECT_EQ(run({"freeze", "Release Week", "--because", "x"}), exit_error);
    EXPECT_EQ(run({"pause", "tools", "--because", "x", "--until", "2020-01-01T00:00:00Z"}), exit_error);
    EXPECT_THAT(error, HasSubstr("it would have ended already, at 2020-01-01T00:00:00Z"));
    EXPECT_EQ(run({"pause", "tools", "--because", std::string(501, 'x')}), exit_error);
    EXPECT_TRUE(stoppages().empty());
}

TEST_F(DaemonDoor, status_without_a_daemon_says_that_there_is_none) {
    ASSERT_EQ(run({"status"}), exit_ok);
    EXPECT_THAT(error, AllOf(HasSubstr("server: {unix_socket: PATH}"), HasSubstr("this is what the store remembers")));
    write_settings("server: {unix_socket: " + (folder_ / "kedge.sock").string() + "}\n");
    ASSERT_EQ(run({"status"}), exit_ok);
    EXPECT_THAT(error, HasSubstr("is `kedge run` running"));
}

TEST_F(DaemonDoor, what_only_a_daemon_can_do_is_not_done_without_one) {
    write_settings("server: {unix_socket: " + (folder_ / "kedge.sock").string() + "}\n");
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"sync"}, {"wait", "tools"}, {"events"}}) {
        EXPECT_EQ(run(command), exit_error) << command[0];
        EXPECT_THAT(error, HasSubstr("is `kedge run` running")) << command[0];
    }
}

TEST_F(DaemonDoor, a_daemon_that_was_named_is_the_one_that_is_meant) {
    const auto nobody = (folder_ / "other.sock").string();
    EXPECT_EQ(run({"pause", "tools", "--because", "x", "--daemon", nobody}), exit_error);
    EXPECT_THAT(error, HasSubstr(nobody));
    EXPECT_EQ(run({"pause", "tools", "--because", "x"}, {{"KEDGE_DAEMON", nobody}}), exit_error);
    EXPECT_TRUE(stoppages().empty()) << "the store is not written behind its back";
}

TEST_F(DaemonDoor, a_token_does_not_go_over_the_network_in_the_clear) {
    EXPECT_EQ(run({"status", "--daemon", "http://kedge.example.com"}, {{"KEDGE_TOKEN", "very-secret"}}), exit_error);
    EXPECT_THAT(error, AllOf(HasSubstr("in the clear; use https"), testing::Not(HasSubstr("very-secret"))));
}

TEST_F(DaemonDoor, a_daemon_that_does_not_listen_is_said_to_hold_the_store) {
    const StoreLock daemon(folder_ / "store");
    EXPECT_EQ(run({"pause", "tools", "--because", "x"}), exit_locked);
    EXPECT_THAT(error,
                AllOf(HasSubstr("nothing was changed"), HasSubstr("or let it listen (`server: {unix_socket: PATH}`")));
    EXPECT_EQ(run({"status"}), exit_ok) << "looking is fine beside it";
}
