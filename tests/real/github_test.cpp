// What speaks like GitHub (npm emulate), as script/test-real.d/github.sh prepares it: one open pull request. It knows no
// commit statuses and takes any token.
#include "tests/real/forge_client.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

class github : public ::testing::Test {
protected:
    int number = std::stoi(forge_setting("GITHUB_PULL"));
    std::string head = forge_setting("GITHUB_HEAD");
    RealForge keeper{{ForgeKind::github, "keeper/mcp", true}, forge_setting("GITHUB_URL"), "bot_token"};

    CommitStatus status(StatusState state, int annotations) const {
        CommitStatus status;
        status.commit = head;
        status.name = "kedge";
        status.state = state;
        status.line = "1 finding";
        for (int i = 0; i < annotations; ++i)
            status.annotations.push_back({"a.yaml", i + 1, i + 1, AnnotationLevel::failure, "unknown field", "no such"});
        return status;
    }
    Json runs() {
        HttpRequest request;
        request.method = "GET";
        request.target = "/repos/keeper/mcp/commits/" + head + "/check-runs?check_name=kedge&filter=all";
        request.headers.emplace_back("Authorization", "Bearer bot_token");
        return parse_json(run_to_end(keeper.loop, keeper.http.send(std::move(request))).response.body)["check_runs"];
    }
};

} // namespace

TEST_F(github, tells_of_the_pull_request_and_who_may_what) {
    const auto pull = keeper.ask(AskPull{number}).pulls.at(0);
    EXPECT_EQ(pull.head_commit, head);
    EXPECT_EQ(pull.base_branch, "main");
    EXPECT_FALSE(pull.is_fork());
    EXPECT_EQ(keeper.ask(AskOpenPulls{}).pulls.size(), 1u);
    EXPECT_EQ(keeper.ask(AskPermission{"keeper"}).permission, Permission::admin);
    EXPECT_EQ(keeper.ask(AskPermission{"nobody"}).permission, Permission::none);
    EXPECT_EQ(keeper.ask(AskAccount{}).account, "keeper");
}

TEST_F(github, has_one_comment_of_ours_however_often_it_is_put) {
    const auto first = keeper.ask(our_comment(number, "once", "**2 to create**"));
    EXPECT_EQ(keeper.ask(our_comment(number, "once", "**3 to create**")).id, first.id);
    EXPECT_TRUE(keeper.ask(our_comment(number, "once", "**3 to create**")).unchanged);
    keeper.losing.lose = "POST";
    keeper.ask(our_comment(number, "lost", "written once"));
    const auto comments = keeper.ask(AskComments{number});
    EXPECT_EQ(count_comments(comments, comment_marker("once")), 1);
    EXPECT_EQ(count_comments(comments, "written once"), 1);
}

TEST_F(github, has_one_check_run_that_begins_ends_and_is_annotated) {
    keeper.ask(PutStatus{status(StatusState::pending, 0)});
    ASSERT_EQ(runs().size(), 1u);
    EXPECT_EQ(runs()[0]["status"], "in_progress");
    keeper.ask(PutStatus{status(StatusState::failure, 60)});
    ASSERT_EQ(runs().size(), 1u);
    EXPECT_EQ(runs()[0]["status"], "completed");
    EXPECT_EQ(runs()[0]["conclusion"], "failure");
    EXPECT_EQ(runs()[0]["output"]["annotations_count"], 60);
}
