// What the history keeps of what a person did, and what is said where it keeps nothing.
#include "tests/e2e/stage.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class History : public testing::Test {
protected:
    void SetUp() override {
        stage.write("repository/mcp/github.yaml", Stage::remote("github"));
        stage.commit("One server");
        stage.write_settings();
    }
    static std::size_t times(const std::string& text, const std::string& words) {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++count;
        return count;
    }

    Stage stage;
};

} // namespace

TEST_F(History, keeps_what_was_adopted_and_let_go) {
    ASSERT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
    ASSERT_EQ(stage.kedge({"disown", "--all"}).exit_code, 0);
    EXPECT_THAT(stage.kedge({"history"}).output, HasSubstr("let go of 1 registration"));
    EXPECT_THAT(stage.kedge({"history", "github"}).output, HasSubstr("disown github: done"));
    ASSERT_EQ(stage.kedge({"adopt", "github"}).exit_code, 0);
    EXPECT_THAT(stage.kedge({"history"}).output, HasSubstr("adopted \"github\""));
    EXPECT_THAT(stage.kedge({"history", "github"}).output, HasSubstr("adopt github: done: id "));
}

TEST_F(History, of_a_name_that_nobody_knows_says_so) {
    ASSERT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
    const auto unknown = stage.kedge({"history", "gihub"});
    EXPECT_EQ(unknown.exit_code, 0);
    EXPECT_THAT(unknown.output,
                AllOf(HasSubstr("Nothing is known under the name \"gihub\""), Not(HasSubstr("Nothing was done yet"))));
}

TEST_F(History, that_cannot_be_kept_is_said_once_by_whoever_writes) {
    ASSERT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
    stage.write("store/chronicle.db",
                "no database at all, and long enough to be read as the header of one. " + std::string(200, '.'));
    const std::string what = "no history is kept";
    const auto applied = stage.kedge({"apply", "--yes"});
    EXPECT_EQ(applied.exit_code, 0) << "nothing depends on it";
    EXPECT_EQ(times(applied.errors, what), 1U) << applied.errors;
    EXPECT_THAT(applied.errors,
                AllOf(HasSubstr("chronicle.db"), HasSubstr("move it away and the chronicle is made anew")));
    EXPECT_EQ(times(stage.kedge({"plan"}).errors, what), 0U) << "a plan writes none";
    stage.write_settings("interval: 100ms");
    Daemon daemon(stage, {"run"});
    EXPECT_TRUE(daemon.wait_until([&] { return times(daemon.log(), "pass ended") > 0; }));
    EXPECT_EQ(daemon.stop(SIGTERM), 0);
    EXPECT_EQ(times(daemon.log(), what), 1U) << daemon.log();
    ASSERT_TRUE(std::filesystem::remove(stage.path("store/chronicle.db")));
    EXPECT_EQ(times(stage.kedge({"apply", "--yes"}).errors, what), 0U);
}
