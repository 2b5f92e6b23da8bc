// A pause that is kept in the store holds what `kedge plan` and `kedge apply` would do without a daemon.
#include "tests/e2e/stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

TEST(pause, holds_what_an_apply_without_a_daemon_would_write) {
    Stage stage;
    stage.begin_with_two_servers();
    ASSERT_EQ(stage.kedge({"pause", "tools", "--name", "github", "--because", "incident"}).exit_code, 0);
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 3) << "jira is written, github is held";
    EXPECT_EQ(stage.writes(), 1U);
    EXPECT_THAT(stage.kedge({"holds"}).output,
                AllOf(HasSubstr("incident"), HasSubstr("kedge resume tools --name github")));
    ASSERT_EQ(stage.kedge({"resume", "tools", "--name", "github"}).exit_code, 0);
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
    EXPECT_EQ(stage.writes(), 2U);
}

TEST(pause, a_freeze_holds_every_unit_until_it_is_ended) {
    Stage stage;
    stage.begin_with_two_servers();
    ASSERT_EQ(stage.kedge({"freeze", "release-week", "--because", "the release"}).exit_code, 0);
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 3);
    EXPECT_EQ(stage.writes(), 0U);
    EXPECT_THAT(stage.kedge({"holds"}).output, HasSubstr("kedge resume --freeze release-week"));
    ASSERT_EQ(stage.kedge({"resume", "--freeze", "release-week"}).exit_code, 0);
    EXPECT_EQ(stage.kedge({"apply", "--yes"}).exit_code, 0);
}
