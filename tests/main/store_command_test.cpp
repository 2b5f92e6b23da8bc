// `kedge store` on a folder: a copy is whole or none, and where there is nothing to copy or to check it says so.
#include "cli/exit_code.h"
#include "main/wiring.h"
#include "store/ledger_rows.h"
#include "store/sqlite_database.h"
#include "store/stored_stoppages.h"
#include "tests/store/scratch.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class StoreCommand : public testing::Test {
protected:
    StoreCommand() {
        std::filesystem::create_directory(path("manifests"));
        std::ofstream(path("kedge.yaml"))
            << "version: 1\ninstallation: prod\nnetworks: {allow_insecure: true}\nstore: " << path("store")
            << "\nsources:\n  git: {folder: " << path("manifests")
            << "}\ntargets:\n  tfy: {provider: truefoundry, url: \"http://127.0.0.1:9\", token: \"${env:TOKEN}\"}\n"
               "units:\n  - {name: tools, source: git, target: tfy, changes: apply, drift: heal}\n";
    }
    std::string path(const std::string& name) const { return (scratch_.path() / name).string(); }
    bool is_there(const std::string& name) const { return std::filesystem::exists(path(name)); }
    void fill() {
        sqlite_engine(path("store")).open(ledger_schema());
        sqlite_engine(path("store")).open(stoppages_schema());
        std::ofstream(path("store/installation.key")) << "key";
    }
    // What it says, on whichever stream.
    std::string said(int exit_code, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "store");
        arguments.insert(arguments.end(), {"--settings", path("kedge.yaml")});
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        EXPECT_EQ(run_kedge(arguments, {{"TOKEN", "a-token"}}), exit_code);
        return testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
    }

private:
    Scratch scratch_;
};

} // namespace

TEST_F(StoreCommand, backup_of_no_ledger_is_refused_and_makes_nothing) {
    EXPECT_THAT(said(exit_error, {"backup", path("copy")}),
                AllOf(HasSubstr("store \"" + path("store") + "\": back up: there is no ledger in it"),
                      HasSubstr("(setting `store`)"), Not(HasSubstr("kept in"))));
    EXPECT_FALSE(is_there("copy"));
}

TEST_F(StoreCommand, check_of_no_ledger_is_no_success) {
    EXPECT_THAT(said(exit_error, {"check"}), HasSubstr("there is no ledger in it"));
    EXPECT_THAT(said(exit_error, {"check", path("nowhere")}), HasSubstr("store \"" + path("nowhere") + "\": check:"));
    fill();
    EXPECT_THAT(said(exit_ok, {"check"}), HasSubstr("ledger: schema"));
    EXPECT_THAT(said(exit_error, {"check", path("nowhere")}), HasSubstr("there is no ledger in it"));
}

TEST_F(StoreCommand, migrate_takes_no_folder) {
    fill();
    EXPECT_THAT(said(exit_error, {"migrate", path("copy")}), HasSubstr("it takes no folder"));
    EXPECT_FALSE(is_there("copy"));
}

TEST_F(StoreCommand, a_copy_is_checked_and_comes_back_with_a_word_on_what_it_lacks) {
    fill();
    EXPECT_THAT(said(exit_ok, {"backup", path("copy")}), HasSubstr("kept in"));
    EXPECT_FALSE(is_there("copy/.unfinished"));
    EXPECT_TRUE(is_there("copy/installation.key"));
    EXPECT_THAT(said(exit_ok, {"check", path("copy")}), HasSubstr("stoppages: schema"));
    EXPECT_THAT(said(exit_error, {"backup", path("copy")}), HasSubstr("already; nothing was written"));
    std::filesystem::remove(path("copy/stoppages.db"));
    std::filesystem::remove(path("copy/installation.key"));
    std::filesystem::remove_all(path("store"));
    EXPECT_THAT(said(exit_ok, {"restore", path("copy")}),
                HasSubstr("not in the copy, so it begins anew: installation.key (every secret counts as unknown), "));
    EXPECT_THAT(said(exit_ok, {"check"}), AllOf(HasSubstr("ledger: schema"), HasSubstr("stoppages: not there")));
}

TEST_F(StoreCommand, backup_that_failed_is_no_copy_and_can_be_tried_again) {
    fill();
    std::ofstream(path("store/outbox.db")) << "no database";
    EXPECT_THAT(said(exit_error, {"backup", path("copy")}), Not(HasSubstr("kept in")));
    EXPECT_FALSE(is_there("copy/ledger.db"));
    std::filesystem::rename(path("store/outbox.db"), path("outbox.db"));
    // Ended while it moved what it had.
    std::filesystem::copy_file(path("store/stoppages.db"), path("copy/stoppages.db"));
    EXPECT_THAT(said(exit_error, {"restore", path("copy")}), HasSubstr("restore: there is no ledger in it"));
    EXPECT_THAT(said(exit_ok, {"backup", path("copy")}), HasSubstr("kept in"));
    EXPECT_THAT(said(exit_ok, {"check", path("copy")}), HasSubstr("stoppages: schema"));
}
