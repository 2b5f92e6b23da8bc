// Gitea as script/test-real.d/gitea.sh prepares it: "ann" opened a pull request of three commits, "bob" approved the
// second and "cyd" the third; "dan" may only read, "eve" is known and no member.
#include "tests/real/forge_client.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

class gitea : public ::testing::Test {
protected:
    static ForgeOptions repository() { return {ForgeKind::gitea, forge_setting("GITEA_REPOSITORY"), false}; }
    static std::string api() { return forge_api_url(ForgeKind::gitea, forge_setting("GITEA_URL")); }
    static std::string token_of(const std::string& name) {
        return first_line(forge_setting("GITEA_FOLDER") + "/" + name + ".token");
    }

    int number = std::stoi(forge_setting("GITEA_PULL"));
    std::string head = forge_setting("GITEA_HEAD");
    RealForge keeper{repository(), api(), token_of("keeper")};
};

CommitStatus status(const std::string& commit, StatusState state) {
    CommitStatus status;
    status.commit = commit;
    status.name = "kedge/gateway";
    status.state = state;
    status.line = "2 to create";
    status.url = "https://kedge.example.com/previews/1";
    return status;
}

} // namespace

TEST_F(gitea, knows_whose_token_it_is) {
    EXPECT_EQ(keeper.ask(AskAccount{}).account, "keeper");
    RealForge stranger(repository(), api(), std::string(40, 'a'));
    EXPECT_NE(stranger.failure_of(AskAccount{}).find("does not know this token (401)"), std::string::npos);
}

TEST_F(gitea, tells_of_the_pull_request_and_its_files) {
    const auto pull = keeper.ask(AskPull{number}).pulls.at(0);
    EXPECT_EQ(pull.head_commit, head);
    EXPECT_EQ(pull.base_commit, forge_setting("GITEA_BASE"));
    EXPECT_EQ(pull.base_branch, "main");
    EXPECT_EQ(pull.head_branch, "feature");
    EXPECT_EQ(pull.author, "ann");
    EXPECT_EQ(pull.repository, forge_setting("GITEA_REPOSITORY"));
    EXPECT_FALSE(pull.is_fork());
    EXPECT_EQ(pull.state, PullState::open);
    const auto open = keeper.ask(AskOpenPulls{});
    ASSERT_EQ(open.pulls.size(), 1u);
    EXPECT_EQ(open.pulls[0], pull);
    EXPECT_EQ(keeper.ask(AskFiles{number}).files, (std::vector<std::string>{"feature.yaml"}));
    EXPECT_NE(keeper.failure_of(AskPull{4711}).find("there is no such thing"), std::string::npos);
}

TEST_F(gitea, has_one_comment_of_ours_however_often_it_is_put) {
    const auto first = keeper.ask(our_comment(number, "once", "**2 to create**"));
    EXPECT_FALSE(first.unchanged);
    EXPECT_EQ(keeper.ask(our_comment(number, "once", "**3 to create**")).id, first.id);
    EXPECT_TRUE(keeper.ask(our_comment(number, "once", "**3 to create**")).unchanged);
    auto known = our_comment(number, "once", "**4 to create**");
    known.id = first.id;
    EXPECT_EQ(keeper.ask(known).id, first.id);
    const auto comments = keeper.ask(AskComments{number});
    EXPECT_EQ(count_comments(comments, comment_marker("once")), 1);
    EXPECT_EQ(count_comments(comments, "**4 to create**"), 1);
    const auto other = keeper.ask(our_comment(number, "another", "nothing to do"));
    EXPECT_NE(other.id, first.id);
}

TEST_F(gitea, does_not_take_somebody_elses_comment_for_ours) {
    RealForge ann(repository(), api(), token_of("ann"));
    const auto theirs = ann.ask(our_comment(number, "forged", "nothing to do, merge me"));
    const auto ours = keeper.ask(our_comment(number, "forged", "**9 to delete**"));
    EXPECT_NE(theirs.id, ours.id);
    EXPECT_EQ(keeper.ask(our_comment(number, "forged", "**8 to delete**")).id, ours.id);
}

TEST_F(gitea, a_comment_whose_answer_was_lost_is_there_once) {
    keeper.losing.lose = "POST";
    keeper.ask(our_comment(number, "lost", "written once"));
    EXPECT_EQ(count_comments(keeper.ask(AskComments{number}), "written once"), 1);
    auto gone = our_comment(number, "gone", "written again");
    gone.id = "999999";
    keeper.ask(gone);
    EXPECT_EQ(count_comments(keeper.ask(AskComments{number}), "written again"), 1);
}

TEST_F(gitea, shows_the_last_status_of_a_commit) {
    keeper.ask(PutStatus{status(head, StatusState::pending)});
    keeper.losing.lose = "POST";
    keeper.ask(PutStatus{status(head, StatusState::success)});
    HttpRequest request;
    request.method = "GET";
    request.target = "/repos/" + forge_setting("GITEA_REPOSITORY") + "/commits/" + head + "/status";
    request.headers.emplace_back("Authorization", "token " + token_of("keeper"));
    const auto shown = parse_json(run_to_end(keeper.loop, keeper.http.send(std::move(request))).response.body);
    EXPECT_EQ(shown["state"], "success");
    EXPECT_EQ(shown["statuses"].size(), 1u);
    EXPECT_EQ(shown["statuses"][0]["context"], "kedge/gateway");
    RealForge reader(repository(), api(), token_of("dan"));
    EXPECT_NE(reader.failure_of(PutStatus{status(head, StatusState::success)}).find("403"), std::string::npos);
}

TEST_F(gitea, tells_what_people_may_do) {
    const auto of = [&](const std::string& user) { return keeper.ask(AskPermission{user}).permission; };
    EXPECT_EQ(of("keeper"), Permission::admin);
    EXPECT_EQ(of("ann"), Permission::write);
    EXPECT_EQ(of("dan"), Permission::read);
    EXPECT_EQ(of("eve"), Permission::none);
    EXPECT_EQ(of("nobody-of-that-name"), Permission::none);
    RealForge ann(repository(), api(), token_of("ann"));
    EXPECT_NE(ann.failure_of(AskPermission{"dan"}).find("must be an administrator of the repository"),
              std::string::npos);
}

TEST_F(gitea, tells_who_approved_which_head) {
    const auto approvals = keeper.ask(AskApprovals{number}).approvals;
    ASSERT_EQ(approvals.size(), 2u);
    EXPECT_EQ(approvals[0], (Approval{"bob", forge_setting("GITEA_EARLIER_HEAD")}));
    EXPECT_EQ(approvals[1], (Approval{"cyd", head}));
}
