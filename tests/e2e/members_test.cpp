// `kedge run` on a PostgreSQL that goes away, comes back, or is somebody else's version: what is said, and that nothing
// is lost.
#include "lease/stored_leases.h"
#include "store/schemas.h"
#include "tests/e2e/stage.h"
#include "tests/store/engines.h"

#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

namespace {

constexpr int registrations = 12;

class OnDatabase : public testing::Test {
protected:
    void SetUp() override {
        for (int i = 0; i < registrations; ++i) {
            const auto name = "s" + std::to_string(100 + i);
            stage.write("repository/mcp/" + name + ".yaml", Stage::remote(name));
        }
        stage.commit("Some servers");
        stage.write("installation-key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
        std::filesystem::permissions(stage.path("installation-key"),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        stage.write(
            "kedge.yaml",
            "version: 1\ninstallation: e2e\nstore: postgres\ninstallation_key: ./installation-key\n"
            "database: {host: \"" +
                server.folder() +
                "\"}\nlease: {kind: postgres, duration: 2s, settle: 100ms}\n"
                "networks: {allow_insecure: true}\nsources:\n  repo: {git: \"" +
                stage.path("repository") + "\", branch: main}\ntargets:\n  tfy: {provider: truefoundry, url: \"" +
                stage.url() +
                "\", token: \"${env:TFY_API_KEY}\"}\nunits:\n  - {name: tools, source: repo, path: mcp, target: "
                "tfy, changes: apply, drift: heal, interval: 1s}\nserver: {unix_socket: kedge.sock}\n");
    }
    bool says(Daemon& daemon, const std::string& text) {
        return daemon.wait_until([&] { return daemon.log().find(text) != std::string::npos; });
    }
    std::size_t live() { return stage.plane.registry().in_order().size(); }

    Stage stage;
    PostgresServer server;
};

} // namespace

TEST_F(OnDatabase, that_is_lost_in_the_middle_of_a_pass_nothing_is_lost_and_nothing_is_made_twice) {
    stage.plane.faults().add(sandbox::parse_fault("PUT ** slow ms=100 count=0 when=real").fault);
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until([&] { return stage.writes() >= 2; })) << daemon.log();
    server.stop();
    const auto sent = stage.writes();
    ASSERT_TRUE(says(daemon, "pass failed")) << daemon.log();
    EXPECT_THAT(daemon.log(), AllOf(HasSubstr("kedge@"), HasSubstr("the connection is lost")));
    ASSERT_TRUE(says(daemon, "leases cannot be renewed")) << daemon.log();
    EXPECT_GE(stage.writes(), sent);
    // The condition is there for whoever asks.
    ASSERT_TRUE(daemon.wait_until([&] {
        return stage.kedge({"status", "tools"}).output.find("postgres \"") != std::string::npos;
    })) << stage.kedge({"status", "tools"}).output;
    server.begin();
    ASSERT_TRUE(daemon.wait_until([&] { return live() == registrations; })) << daemon.log();
    ASSERT_TRUE(says(daemon, "leases can be renewed again")) << daemon.log();
    ASSERT_TRUE(says(daemon, "recovered")) << daemon.log();
    EXPECT_EQ(daemon.stop(SIGTERM), 0) << daemon.log();
    EXPECT_EQ(stage.writes(), registrations) << "each was created once";
    EXPECT_THAT(stage.kedge({"plan"}).output, HasSubstr(std::to_string(registrations) + " equal"));
}

TEST_F(OnDatabase, that_is_away_at_the_start_is_waited_for_by_a_daemon_and_told_by_a_command) {
    server.stop();
    {
        Daemon daemon(stage, {"run"});
        ASSERT_TRUE(says(daemon, "waiting for the database")) << daemon.log();
        EXPECT_EQ(daemon.stop(SIGTERM), 0) << daemon.log();
    }
    const auto plan = stage.kedge({"plan"});
    EXPECT_EQ(plan.exit_code, 1);
    EXPECT_THAT(plan.errors, HasSubstr("is it up, and the address right?"));
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(says(daemon, "waiting for the database")) << daemon.log();
    server.begin();
    ASSERT_TRUE(daemon.wait_until([&] { return live() == registrations; })) << daemon.log();
    EXPECT_EQ(daemon.stop(SIGTERM), 0) << daemon.log();
}

TEST_F(OnDatabase, with_a_member_of_another_version_at_work_none_begins_and_begins_once_it_has_ended) {
    {
        auto options = server.options("kedge");
        StoredLeases other(postgres_engine(options));
        Member member{"kedge-0-1a2b", "kedge 0.0.9", store_schema_number() - 1, 0};
        Daemon refused(stage, {"run"});
        ASSERT_TRUE(refused.wait_until([&] {
            ++member.beat;
            run(other.look(member));
            return refused.has_ended();
        }));
        EXPECT_THAT(refused.log(),
                    AllOf(HasSubstr("cannot open: \"kedge-0-1a2b\" (kedge 0.0.9) is at work on it with another version "
                                    "of the store"),
                          HasSubstr("end all members of one version before the first of another begins")));
        EXPECT_EQ(live(), 0U);
    }
    Daemon daemon(stage, {"run"});
    EXPECT_TRUE(daemon.wait_until([&] { return live() == registrations; })) << daemon.log();
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST_F(OnDatabase, of_a_newer_version_every_command_says_so_and_leaves_it_alone) {
    {
        Daemon daemon(stage, {"run"});
        ASSERT_TRUE(daemon.wait_until([&] { return live() == registrations; })) << daemon.log();
        EXPECT_EQ(daemon.stop(SIGTERM), 0);
    }
    PostgresConnection connection(server.options("kedge"));
    connection.open();
    connection.run("UPDATE kedge_ledger.schema_version SET version = 99");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.has_ended(); }));
    EXPECT_THAT(daemon.log(), HasSubstr("written by a newer kedge (schema 99, this one knows"));
    const auto plan = stage.kedge({"plan"});
    EXPECT_EQ(plan.exit_code, 1);
    EXPECT_THAT(plan.errors, HasSubstr("written by a newer kedge"));
    EXPECT_THAT(stage.kedge({"store", "check"}).output, HasSubstr("written by a newer kedge"));
    connection.run("UPDATE kedge_ledger.schema_version SET version = " +
                   std::to_string(store_schemas().front().migrations.size()));
    EXPECT_EQ(stage.kedge({"plan", "--detailed-exitcode"}).exit_code, 0);
}

TEST_F(OnDatabase, is_planned_on_as_a_copy_beside_the_daemon) {
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until([&] { return live() == registrations; })) << daemon.log();
    const auto kept = stage.kedge({"store", "backup", "copy"});
    ASSERT_EQ(kept.exit_code, 0) << kept.errors;
    stage.write("try.yaml",
                "version: 1\ninstallation: e2e\nstore: ./copy\ninstallation_key: ./installation-key\n"
                "networks: {allow_insecure: true}\nsources:\n  repo: {git: \"" +
                    stage.path("repository") + "\", branch: main}\ntargets:\n  tfy: {provider: truefoundry, url: \"" +
                    stage.url() +
                    "\", token: \"${env:TFY_API_KEY}\"}\nunits:\n  - {name: tools, source: repo, path: mcp, "
                    "target: tfy, changes: apply, drift: heal}\n");
    const auto writes = stage.writes();
    const auto plan = stage.kedge({"plan", "-c", "try.yaml", "--detailed-exitcode"});
    EXPECT_EQ(plan.exit_code, 0) << plan.output << plan.errors;
    EXPECT_THAT(plan.output, HasSubstr(std::to_string(registrations) + " equal"));
    EXPECT_EQ(stage.writes(), writes);
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}
