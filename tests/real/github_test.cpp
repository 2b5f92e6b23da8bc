// What speaks like GitHub (npm emulate), as script/test-real.d/github.sh prepares it: one open pull request. It knows
// no commit statuses and takes any token.
#include "preview/github_app.h"
#include "tests/real/forge_client.h"

#include <iterator>

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
            status.annotations.push_back(
                {"a.yaml", i + 1, i + 1, AnnotationLevel::failure, "unknown field", "no such"});
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
    keeper.ask(PutStatus{status(StatusState::failure, 40)}); // it counts those of the last request only
    ASSERT_EQ(runs().size(), 1u);
    EXPECT_EQ(runs()[0]["status"], "completed");
    EXPECT_EQ(runs()[0]["conclusion"], "failure");
    EXPECT_EQ(runs()[0]["output"]["annotations_count"], 40);
}

// Its signature is verified there.
TEST_F(github, an_app_gets_a_token_and_is_known_by_its_name) {
    std::ifstream file(forge_setting("GITHUB_APP_KEY"));
    const std::string pem((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    GithubAppSettings settings{"12345", "keeper/mcp", {}, [&] { return Secret(pem); }};
    GithubApp app(settings, keeper.http, keeper.clock, RealForge::patience());
    ForgeClient client({*keeper.forge, keeper.losing, keeper.clock, app}, RealForge::patience());
    ForgeAsk put = our_comment(number, "app", "from an app");
    const auto first = run_to_end(keeper.loop, client.ask(put));
    EXPECT_TRUE(run_to_end(keeper.loop, client.ask(put)).unchanged);
    const auto comments = keeper.ask(AskComments{number});
    for (const auto& comment : comments.comments) {
        const bool ours = comment.id == first.id;
        EXPECT_EQ(comment.author == "kedge-app[bot]", ours) << comment.author;
    }
    ForgeAsk status = PutStatus{this->status(StatusState::success, 0)};
    EXPECT_NO_THROW(run_to_end(keeper.loop, client.ask(status)));
    GithubAppSettings wrong = settings;
    wrong.app = "54321";
    GithubApp stranger(wrong, keeper.http, keeper.clock, RealForge::patience());
    EXPECT_THROW(run_to_end(keeper.loop, stranger.get()), std::exception);
}
