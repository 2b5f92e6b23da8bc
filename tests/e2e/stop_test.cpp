// Ctrl-C and SIGTERM at every moment: while looking, between two looks, while writing, and a second time.
#include "tests/e2e/stage.h"

#include <chrono>
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

using Seconds = std::chrono::duration<double>;

class Stopping : public testing::Test {
protected:
    void SetUp() override { stage.begin_with_two_servers("interval: 100ms"); }
    void trouble(const std::string& text) { stage.plane.faults().add(sandbox::parse_fault(text).fault); }
    auto requests(std::uint64_t at_least) {
        return [this, at_least] { return stage.plane.audit().counters().faults >= at_least; };
    }
    // How long it takes to end, and with which code.
    int ended(Daemon& daemon, int signal) {
        const auto before = std::chrono::steady_clock::now();
        const int code = daemon.stop(signal);
        took = Seconds(std::chrono::steady_clock::now() - before).count();
        return code;
    }
    Stage stage;
    double took = 0;
};

} // namespace

TEST_F(Stopping, the_daemon_ends_at_once_while_the_control_plane_is_silent) {
    trouble("GET /mcp silent count=0");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until(requests(1))) << daemon.log();
    EXPECT_EQ(ended(daemon, SIGTERM), 0) << daemon.log();
    EXPECT_LT(took, 2.0);
    EXPECT_THAT(daemon.log(), HasSubstr("stopped"));
    EXPECT_THAT(daemon.log(), Not(HasSubstr("pass failed"))) << "the stop is no failure";
}

TEST_F(Stopping, the_daemon_ends_at_once_while_it_waits_for_a_control_plane_that_is_away) {
    trouble("* ** 503 count=0");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until(requests(2))) << daemon.log();
    EXPECT_EQ(ended(daemon, SIGTERM), 0) << daemon.log();
    EXPECT_LT(took, 2.0);
}

TEST_F(Stopping, the_daemon_gives_up_dry_runs) {
    trouble("PUT ** silent count=0 when=dry");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until(requests(1))) << daemon.log();
    EXPECT_EQ(ended(daemon, SIGINT), 0) << daemon.log();
    EXPECT_LT(took, 2.0);
    EXPECT_EQ(stage.writes(), 0U) << "what was not checked is not written on the way out";
    EXPECT_THAT(daemon.log(), Not(HasSubstr("change ")));
}

TEST_F(Stopping, a_write_in_flight_is_finished) {
    trouble("PUT ** slow ms=700 count=0 when=real");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until(requests(1))) << daemon.log();
    EXPECT_EQ(ended(daemon, SIGTERM), 0) << daemon.log();
    EXPECT_GE(stage.writes(), 1U);
    EXPECT_THAT(daemon.log(), HasSubstr("change done"));
}

TEST_F(Stopping, ctrl_c_while_looking_ends_orderly_and_changes_nothing) {
    trouble("GET /mcp silent count=0");
    for (const auto& words : {std::vector<std::string>{"plan"}, {"apply", "--yes"}}) {
        const auto before = stage.plane.audit().counters().faults;
        Daemon command(stage, words);
        ASSERT_TRUE(command.wait_until(requests(before + 1))) << command.log();
        EXPECT_EQ(ended(command, SIGINT), 1) << command.log();
        EXPECT_LT(took, 2.0);
        EXPECT_EQ(command.log(), "kedge: interrupted; nothing was changed\n");
    }
    EXPECT_EQ(stage.writes(), 0U);
}

TEST_F(Stopping, the_first_ctrl_c_of_an_apply_finishes_and_the_rest_is_not_started) {
    for (int i = 0; i < 100; ++i)
        stage.write("repository/mcp/many/" + std::to_string(i) + ".yaml",
                    Stage::remote("s" + std::to_string(1000 + i)));
    stage.commit("Many servers");
    trouble("PUT ** slow ms=300 count=0 when=real");
    Daemon apply(stage, {"apply", "--yes"});
    ASSERT_TRUE(apply.wait_until(requests(1))) << apply.log();
    EXPECT_EQ(ended(apply, SIGINT), 6) << apply.log();
    EXPECT_THAT(apply.log(), HasSubstr("stopping: waiting for create \""));
    EXPECT_THAT(apply.log(), HasSubstr("a second signal ends at once"));
    EXPECT_THAT(apply.log(), HasSubstr("not started"));
    stage.plane.faults().clear();
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
    EXPECT_EQ(stage.plane.registry().in_order().size(), 102U);
}

TEST_F(Stopping, the_second_ctrl_c_ends_at_once_and_says_what_is_in_flight) {
    trouble("PUT ** silent count=0 when=real");
    Daemon apply(stage, {"apply", "--yes"});
    ASSERT_TRUE(apply.wait_until(requests(2))) << apply.log();
    apply.signal(SIGINT);
    ASSERT_TRUE(apply.wait_until([&] { return apply.log().find("a second signal") != std::string::npos; }));
    EXPECT_EQ(ended(apply, SIGINT), 6) << apply.log();
    EXPECT_LT(took, 2.0);
    EXPECT_THAT(apply.log(), HasSubstr("interrupted after 2 writes"));
    EXPECT_THAT(apply.log(), HasSubstr("in flight: create \"github\", create \"jira\""));
    stage.plane.faults().clear();
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0) << "the next one reads back and goes on";
    EXPECT_EQ(stage.plane.registry().in_order().size(), 2U);
}
