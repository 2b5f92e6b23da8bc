// Before an upgrade: the new version plans on a copy of the store, and neither the store nor the control plane is
// touched.
#include "tests/e2e/stage.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

namespace {

std::string file_text(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// The settings for the copy: all the same but the store.
void write_trial(const Stage& stage) {
    auto settings = file_text(stage.path("kedge.yaml"));
    settings.replace(settings.find("./store"), 7, "./copy");
    stage.write("trial.yaml", settings);
}

} // namespace

TEST(upgrade, is_planned_on_a_copy_while_the_old_one_goes_on) {
    Stage stage;
    stage.begin_with_two_servers("interval: 10h");
    Daemon daemon(stage, {"run"});
    ASSERT_TRUE(daemon.wait_until([&] { return stage.writes() == 2; })) << daemon.log();
    ASSERT_TRUE(daemon.wait_until([&] { return daemon.log().find("pass ended") != std::string::npos; }));
    stage.write("repository/mcp/github.yaml", Stage::remote("github", "tags: {team: new}\n"));
    stage.commit("Tag github");
    const auto kept = stage.kedge({"store", "backup", "copy"});
    ASSERT_EQ(kept.exit_code, 0) << kept.output << kept.errors;
    write_trial(stage);
    const auto plan = stage.kedge({"plan", "-c", "trial.yaml", "--detailed-exitcode"});
    EXPECT_EQ(plan.exit_code, 2) << plan.output << plan.errors;
    EXPECT_THAT(plan.output, AllOf(HasSubstr("github"), HasSubstr("1 equal")));
    EXPECT_EQ(stage.writes(), 2U);
    EXPECT_EQ(stage.kedge({"store", "check", "-c", "trial.yaml"}).exit_code, 0);
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
}

TEST(upgrade, of_an_older_store_migrates_the_copy_and_not_the_store) {
    Stage stage;
    stage.begin_with_two_servers();
    auto settings = file_text(stage.path("kedge.yaml"));
    settings.replace(settings.find("installation: e2e"), 17, "installation: prod");
    for (auto at = settings.find("tfy"); at != std::string::npos; at = settings.find("tfy", at + 6))
        settings.replace(at, 3, "target"); // as the old ledger calls it
    stage.write("kedge.yaml", settings);
    stage.write("store/installation.key", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
    using std::filesystem::perms;
    std::filesystem::permissions(stage.path("store"), perms::owner_all);
    std::filesystem::permissions(stage.path("store/installation.key"), perms::owner_read | perms::owner_write);
    {
        SQLite::Database old(stage.path("store/ledger.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        old.exec(file_text(std::string(KEDGE_SOURCE_DIR) + "/tests/store/ledger_1.sql"));
        old.exec("PRAGMA journal_mode = WAL");
    }
    const auto kept = stage.kedge({"store", "backup", "copy"});
    ASSERT_EQ(kept.exit_code, 0) << kept.output << kept.errors;
    EXPECT_THAT(kept.output, HasSubstr("ledger: schema 1 (this kedge makes it 6)"));
    write_trial(stage);
    const auto plan = stage.kedge({"plan", "-c", "trial.yaml", "--detailed-exitcode"});
    EXPECT_EQ(plan.exit_code, 2) << plan.output << plan.errors;
    EXPECT_THAT(stage.kedge({"store", "check", "-c", "trial.yaml"}).output,
                HasSubstr("ledger: schema 6, unit 1, owned 2"));
    EXPECT_THAT(stage.kedge({"store", "check"}).output, HasSubstr("ledger: schema 1 (this kedge makes it 6)"));
    const auto migrated = stage.kedge({"store", "migrate"});
    EXPECT_EQ(migrated.exit_code, 0) << migrated.errors;
    EXPECT_THAT(migrated.output, HasSubstr("ledger: from schema 1 to 6"));
}
