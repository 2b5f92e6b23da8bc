// A job of a CI system plans what it has checked out, without the running kedge.
#include "tests/e2e/stage.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

} // namespace

TEST(preview, of_a_folder_needs_a_token_that_may_read_and_asks_the_control_plane_to_check_nothing) {
    Stage stage;
    stage.write("registry/github.yaml", Stage::remote("github"));
    const auto result = stage.kedge({"preview", "registry", "--base", "main", "--head", std::string(40, 'a'),
                                     "--summary", stage.path("summary.md"), "--allow-insecure"},
                                    {{"TFY_API_KEY", "tfy_reader"}});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("1 to create"));
    EXPECT_THAT(result.output, HasSubstr("An estimate, not binding"));
    EXPECT_THAT(result.output, HasSubstr("not checked by the control plane"));
    EXPECT_THAT(result.output, HasSubstr("`registry/github.yaml:"));
    EXPECT_THAT(result.output, HasSubstr("Merging `aaaaaaa` into `main`"));
    EXPECT_THAT(text_of(stage.path("summary.md")), HasSubstr("1 to create"));
    EXPECT_EQ(stage.writes(), 0U);
}

TEST(preview, fails_for_a_mistake_and_says_it_at_its_line) {
    Stage stage;
    stage.write("registry/github.yaml",
                "type: mcp-server/remote\nname: github\nurl: https://a.example.com\nurl: https://b.example.com\n");
    const auto result = stage.kedge({"preview", "registry", "--annotations", "--allow-insecure"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.output, HasSubstr("3 errors in the manifests"));
    EXPECT_THAT(result.errors,
                HasSubstr("::error file=registry/github.yaml,line=4,title=kedge%3A manifest::duplicate key"));
}

TEST(preview, without_an_answer_of_the_control_plane_is_no_success) {
    Stage stage;
    stage.write("registry/github.yaml", Stage::remote("github"));
    const auto result = stage.kedge({"preview", "registry", "--allow-insecure"}, {{"TFY_API_KEY", "tfy_wrong"}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.output, HasSubstr("does not know this token"));
    EXPECT_THAT(result.output, Not(HasSubstr("tfy_wrong")));
}

TEST(preview, with_settings_reads_the_checkout_and_not_the_branch) {
    Stage stage;
    stage.begin_with_two_servers();
    stage.write("repository/mcp/gitlab.yaml", Stage::remote("gitlab")); // never committed: only the checkout has it
    const auto result = stage.kedge({"preview", "--settings", stage.path("kedge.yaml"), "--checkout",
                                     stage.path("repository"), "--output", "json"});
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    const auto document = Json::parse(result.output);
    EXPECT_EQ(document["verdict"], "ready");
    EXPECT_EQ(document["units"][0]["plan"]["changes"].size(), 3U);
    EXPECT_EQ(document["units"][0]["rehearsed"], false);
    EXPECT_THAT(stage.kedge({"preview", "--settings", stage.path("kedge.yaml"), "--source", "other"}).errors,
                HasSubstr("no source \"other\""));
}
