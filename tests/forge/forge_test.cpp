// What a forge answers beside what it should: pages, nonsense, limits, and the one comment that is ours.
#include "forge/forge.h"

#include "forge/read.h"
#include "tests/forge/conversations.h"

#include <functional>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::testing;

namespace {

ForgeExchange answered(int status, const std::string& body) {
    ForgeExchange exchange;
    exchange.answered = true;
    exchange.response.status = status;
    exchange.response.body = body;
    return exchange;
}
ForgeExchange answered(int status, const Json& body) {
    return answered(status, body.dump());
}
ForgeExchange lost() {
    ForgeExchange exchange;
    exchange.error = "connection reset";
    return exchange;
}

struct Said {
    ForgeStep end;
    std::vector<std::string> sent; // "GET /path"
};

// Asks until there is an end; request number i is answered by answer(i, request).
Said talk(const Forge& forge, const ForgeAsk& ask,
          const std::function<ForgeExchange(std::size_t, const HttpRequest&)>& answer) {
    Said said;
    ForgeTalk exchanges;
    for (int steps = 0; steps < 200; ++steps) {
        said.end = forge.next(ask, exchanges);
        const auto* send = std::get_if<ForgeSend>(&said.end);
        if (send == nullptr) return said;
        said.sent.push_back(send->request.method + " " + send->request.target);
        exchanges.push_back(answer(exchanges.size(), send->request));
        exchanges.back().request = send->request;
    }
    ADD_FAILURE() << "no end";
    return said;
}

Said talk(ForgeKind kind, const ForgeAsk& ask, const std::vector<ForgeExchange>& answers) {
    const auto forge = make_forge({kind, "acme/mcp", false});
    return talk(*forge, ask, [&](std::size_t i, const HttpRequest& request) {
        EXPECT_LT(i, answers.size()) << request.method << " " << request.target;
        return i < answers.size() ? answers[i] : answered(500, std::string());
    });
}

std::string words_of(const ForgeStep& step) {
    const auto* refusal = std::get_if<ForgeRefusal>(&step);
    if (refusal == nullptr) return "an answer";
    return refusal->text + (refusal->hint.empty() ? "" : "; " + refusal->hint);
}
ForgeAnswer answer_of(const Said& said) {
    const auto* answer = std::get_if<ForgeAnswer>(&said.end);
    if (answer != nullptr) return *answer;
    ADD_FAILURE() << words_of(said.end);
    return {};
}
ForgeTrouble trouble_of(const Said& said) {
    const auto* refusal = std::get_if<ForgeRefusal>(&said.end);
    EXPECT_NE(refusal, nullptr);
    return refusal == nullptr ? ForgeTrouble::broken : refusal->trouble;
}

Json comments(std::initializer_list<Json> rows) {
    return Json(Json::array_t(rows));
}
const Json ours = github_comment(4711, "keeper", marker + "\nold");
const Json written = github_comment(4711, "keeper", marker + "\nnew");

} // namespace

TEST(forge, an_answer_that_makes_no_sense_is_said_in_words) {
    const ForgeAsk pull = AskPull{12};
    const auto said = [&](const std::string& body) {
        return words_of(talk(ForgeKind::github, pull, {answered(200, body)}).end);
    };
    const std::string hint = "; was it cut off on its way, or is the address another one's?";
    EXPECT_EQ(said("<html><title>Sign in</title></html>"),
              "read pull request 12: the answer is an HTML page: Sign in" + hint);
    EXPECT_EQ(said("{\"number\": 12, \"sta"), "read pull request 12: the answer is no JSON" + hint);
    EXPECT_EQ(said(""), "read pull request 12: the answer is no JSON" + hint);
    EXPECT_EQ(said("[]"), "read pull request 12: the answer holds no pull request" + hint);
    for (const auto& [key, value] : std::vector<std::pair<std::string, Json>>{{"/number", "12"},
                                                                              {"/number", -1},
                                                                              {"/number", 5000000000},
                                                                              {"/head", nullptr},
                                                                              {"/head/sha", "main"},
                                                                              {"/head/sha", std::string(40, 'G')},
                                                                              {"/base/ref", 7}}) {
        auto wrong = github_pull();
        wrong[Json::json_pointer(key)] = value;
        EXPECT_EQ(said(wrong.dump()), "read pull request 12: the answer holds no pull request" + hint) << key;
    }
}

TEST(forge, every_status_that_is_no_success_has_a_meaning) {
    const ForgeAsk pull = AskPull{12};
    const auto said = [&](int status) {
        return words_of(talk(ForgeKind::gitea, pull, {answered(status, Json{{"message", "No \x01\x02 way"}})}).end);
    };
    EXPECT_EQ(said(401), "read pull request 12: the forge does not know this token (401): \"No    way\"");
    EXPECT_EQ(said(403), "read pull request 12: this token may not do that (403): \"No    way\"");
    EXPECT_EQ(said(404),
              "read pull request 12: there is no such thing, or this token may not see it (404): \"No    way\"");
    EXPECT_EQ(said(409), "read pull request 12: not possible as things are now (409): \"No    way\"");
    EXPECT_EQ(said(422), "read pull request 12: the forge does not take this request (422): \"No    way\"");
    EXPECT_EQ(said(500), "read pull request 12: the forge failed (500): \"No    way\"");
    EXPECT_EQ(said(301), "read pull request 12: redirected, which kedge does not follow; was the repository renamed? "
                         "(301): \"No    way\"");
    EXPECT_EQ(words_of(talk(ForgeKind::gitea, pull, {lost()}).end),
              "read pull request 12: no answer: connection reset");
}

TEST(forge, a_huge_list_is_cut_and_says_so) {
    Json page = Json::array();
    for (int i = 0; i < 100; ++i) page.push_back(github_pull(i + 1));
    const auto forge = make_forge({ForgeKind::github, "acme/mcp", false});
    const auto said = talk(*forge, AskOpenPulls{}, [&](std::size_t, const HttpRequest&) {
        auto exchange = answered(200, page);
        exchange.response.headers = {{"Link", "<https://evil.example/?page=2>; rel=\"next\", <x>; rel=\"last\""}};
        return exchange;
    });
    const auto answer = answer_of(said);
    EXPECT_TRUE(answer.cut);
    EXPECT_EQ(answer.pulls.size(), 1000u);
    EXPECT_EQ(said.sent.size(), 10u);
    EXPECT_TRUE(said.sent.back().ends_with("&page=10")) << said.sent.back();
}

TEST(forge, a_short_page_ends_a_list_unless_the_forge_says_that_there_is_more) {
    Json page = Json::array({github_pull(1)});
    auto more = answered(200, page);
    more.response.headers = {{"x-total-count", "2"}};
    EXPECT_EQ(talk(ForgeKind::gitea, AskOpenPulls{}, {more, more}).sent.size(), 2u);
    EXPECT_EQ(talk(ForgeKind::gitea, AskOpenPulls{}, {answered(200, page)}).sent.size(), 1u);
    const auto empty = answered(200, Json::array());
    EXPECT_EQ(answer_of(talk(ForgeKind::gitea, AskOpenPulls{}, {more, empty})).pulls.size(), 1u);
}

TEST(forge, a_pull_request_that_was_merged_or_whose_fork_is_gone_is_told_apart) {
    auto merged = github_pull();
    merged["state"] = "closed";
    EXPECT_EQ(answer_of(talk(ForgeKind::github, AskPull{12}, {answered(200, merged)})).pulls[0].state,
              PullState::closed);
    merged["merged"] = true;
    merged["head"]["repo"] = nullptr;
    const auto pull = answer_of(talk(ForgeKind::github, AskPull{12}, {answered(200, merged)})).pulls[0];
    EXPECT_EQ(pull.state, PullState::merged);
    EXPECT_EQ(pull.merge_commit, merge_sha);
    EXPECT_EQ(pull.head_repository, "");
    EXPECT_TRUE(pull.is_fork());
    auto request = gitlab_merge_request();
    request["state"] = "merged";
    request["squash_commit_sha"] = merge_sha;
    EXPECT_EQ(answer_of(talk(ForgeKind::gitlab, AskPull{12}, {answered(200, request)})).pulls[0].merge_commit,
              merge_sha);
    request["squash_commit_sha"] = nullptr;
    EXPECT_EQ(answer_of(talk(ForgeKind::gitlab, AskPull{12}, {answered(200, request)})).pulls[0].merge_commit,
              head_sha);
    request["source_project_id"] = nullptr;
    EXPECT_TRUE(answer_of(talk(ForgeKind::gitlab, AskPull{12}, {answered(200, request)})).pulls[0].is_fork());
    request["source_project_id"] = 8;
    const auto hidden = answered(404, Json{{"message", "404 Project Not Found"}});
    EXPECT_EQ(
        answer_of(talk(ForgeKind::gitlab, AskPull{12}, {answered(200, request), hidden})).pulls[0].head_repository,
        "id:8");
}

TEST(forge, a_pull_request_whose_commit_is_gone_does_not_hide_the_others) {
    auto broken = github_pull(13);
    broken["head"]["sha"] = "";
    const auto list = answered(200, Json::array({broken, github_pull(12)}));
    for (const auto kind : {ForgeKind::github, ForgeKind::gitea})
        EXPECT_EQ(answer_of(talk(kind, AskOpenPulls{}, {list})).pulls.size(), 1u);
    auto request = gitlab_merge_request(13);
    request["sha"] = nullptr;
    const auto requests = answered(200, Json::array({request, gitlab_merge_request(12)}));
    EXPECT_EQ(answer_of(talk(ForgeKind::gitlab, AskOpenPulls{}, {requests})).pulls.size(), 1u);
}

TEST(forge, somebody_unknown_may_nothing) {
    const auto none = answered(404, Json{{"message", "Not Found"}});
    for (const auto kind : {ForgeKind::github, ForgeKind::gitea})
        EXPECT_EQ(answer_of(talk(kind, AskPermission{"ann"}, {none})).permission, Permission::none);
    const auto nobody = answered(200, Json::array());
    EXPECT_EQ(answer_of(talk(ForgeKind::gitlab, AskPermission{"ann"}, {nobody})).permission, Permission::none);
    const auto ann = answered(200, Json::array({{{"id", 42}}}));
    EXPECT_EQ(answer_of(talk(ForgeKind::gitlab, AskPermission{"ann"}, {ann, none})).permission, Permission::none);
    const auto member = [&](int level, const char* state) {
        return answer_of(talk(ForgeKind::gitlab, AskPermission{"ann"},
                              {ann, answered(200, Json{{"access_level", level}, {"state", state}})}))
            .permission;
    };
    EXPECT_EQ(member(50, "active"), Permission::admin);
    EXPECT_EQ(member(40, "active"), Permission::admin);
    EXPECT_EQ(member(20, "active"), Permission::read);
    EXPECT_EQ(member(5, "active"), Permission::none);
    EXPECT_EQ(member(50, "blocked"), Permission::none);
    const auto odd = talk(ForgeKind::github, AskPermission{"ann"}, {answered(200, Json{{"permission", "superb"}})});
    EXPECT_EQ(trouble_of(odd), ForgeTrouble::broken);
}

TEST(forge, a_name_that_would_be_another_place_is_not_asked_for) {
    for (const auto kind : {ForgeKind::github, ForgeKind::gitlab, ForgeKind::gitea}) {
        for (const auto* name : {"", ".", ".."})
            EXPECT_EQ(trouble_of(talk(kind, AskPermission{name}, {})), ForgeTrouble::broken) << name;
        const auto said = talk(kind, AskPermission{"a/../b?c#d"}, {answered(401, Json{{"message", "x"}})});
        EXPECT_NE(said.sent[0].find("a%2F..%2Fb%3Fc%23d"), std::string::npos) << said.sent[0];
    }
    EXPECT_EQ(trouble_of(talk(ForgeKind::github, PutStatus{}, {})), ForgeTrouble::invalid);
}

TEST(forge, a_comment_that_is_longer_than_the_forge_takes_is_refused_unsent) {
    auto put = sample_comment();
    put.body += std::string(65537 - forge::count_characters(put.body), 'x');
    const auto said = talk(ForgeKind::github, put, {});
    EXPECT_EQ(words_of(said.end),
              "put the comment of pull request 12: the comment has 65537 characters, GitHub takes 65536");
    put.body.pop_back();
    EXPECT_EQ(talk(ForgeKind::github, put, {lost(), answered(401, Json())}).sent.size(), 1u) << "it is looked for";
}

TEST(our_comment, is_edited_where_it_stands_and_written_where_it_does_not) {
    const auto page = answered(200, comments({github_comment(1, "ann", marker + " hi"), ours}));
    const auto edited = talk(ForgeKind::github, sample_comment(), {page, answered(200, written)});
    EXPECT_EQ(answer_of(edited).id, "4711");
    EXPECT_EQ(edited.sent.back(), "PATCH /repos/acme/mcp/issues/comments/4711");
    const auto none = talk(ForgeKind::github, sample_comment(), {answered(200, Json::array()), answered(201, written)});
    EXPECT_EQ(none.sent.back(), "POST /repos/acme/mcp/issues/12/comments");
}

TEST(our_comment, that_says_so_already_is_left_alone) {
    auto same = ours;
    same["body"] = marker + "\r\n" + sample_comment().body.substr(marker.size() + 1) + "\n";
    const auto said = talk(ForgeKind::github, sample_comment(), {answered(200, comments({same}))});
    EXPECT_TRUE(answer_of(said).unchanged);
    EXPECT_EQ(answer_of(said).id, "4711");
}

TEST(our_comment, is_not_what_somebody_else_wrote_with_our_marker) {
    const auto page = answered(200, comments({github_comment(1, "mallory", sample_comment().body),
                                              github_comment(2, "keeper", "quote: " + marker)}));
    EXPECT_EQ(talk(ForgeKind::github, sample_comment(), {page, answered(201, written)}).sent.back(),
              "POST /repos/acme/mcp/issues/12/comments");
    auto nameless = sample_comment();
    nameless.account.clear();
    EXPECT_EQ(talk(ForgeKind::github, nameless, {page, answered(201, written)}).sent.back(),
              "POST /repos/acme/mcp/issues/12/comments");
    const auto bots = answered(200, comments({github_comment(3, "kedge[bot]", marker + "\nold", true)}));
    EXPECT_EQ(talk(ForgeKind::github, nameless, {bots, answered(200, written)}).sent.back(),
              "PATCH /repos/acme/mcp/issues/comments/3");
}

TEST(our_comment, that_is_gone_is_written_again) {
    const auto gone = answered(404, Json{{"message", "Not Found"}});
    const auto said = talk(ForgeKind::gitlab, known_comment(),
                           {gone, answered(200, Json::array()), answered(201, gitlab_note(9, "keeper", marker))});
    EXPECT_EQ(said.sent,
              (std::vector<std::string>{
                  "PUT /projects/acme%2Fmcp/merge_requests/12/notes/4711",
                  "GET /projects/acme%2Fmcp/merge_requests/12/notes?order_by=created_at&sort=asc&per_page=100&page=1",
                  "POST /projects/acme%2Fmcp/merge_requests/12/notes"}));
    EXPECT_EQ(answer_of(said).id, "9");
}

TEST(our_comment, that_may_not_be_edited_is_another_ones) {
    const auto refused = answered(403, Json{{"message", "Forbidden"}});
    const auto page = answered(200, comments({ours}));
    const auto said = talk(ForgeKind::github, sample_comment(),
                           {page, refused, page, answered(201, github_comment(5, "keeper", marker))});
    EXPECT_EQ(answer_of(said).id, "5");
}

TEST(our_comment, whose_answer_was_lost_is_looked_for_before_it_is_written_again) {
    const auto nothing = answered(200, Json::array());
    auto same = ours;
    same["body"] = sample_comment().body;
    for (const auto& unclear :
         {lost(), answered(502, std::string("<html></html>")), answered(201, std::string("{\"id"))}) {
        const auto found =
            talk(ForgeKind::github, sample_comment(), {nothing, unclear, answered(200, comments({same}))});
        EXPECT_EQ(answer_of(found).id, "4711");
        const auto again =
            talk(ForgeKind::github, sample_comment(), {nothing, unclear, nothing, answered(201, written)});
        EXPECT_EQ(answer_of(again).id, "4711");
        const auto never = talk(ForgeKind::github, sample_comment(), {nothing, unclear, nothing, unclear});
        EXPECT_EQ(trouble_of(never), ForgeTrouble::unsure);
    }
    auto unsent = lost();
    unsent.sent = false;
    EXPECT_EQ(trouble_of(talk(ForgeKind::github, sample_comment(), {nothing, unsent})), ForgeTrouble::unreachable);
}

TEST(our_comment, begins_with_a_marker_that_nothing_can_end_early) {
    EXPECT_EQ(comment_marker("main.gateway"), marker);
    EXPECT_EQ(comment_marker("a--> <b> \n--x"), "<!-- kedge:preview:a-b-x -->");
    auto put = sample_comment();
    put.body = "no marker";
    EXPECT_EQ(trouble_of(talk(ForgeKind::github, put, {})), ForgeTrouble::invalid);
}

TEST(check_run, of_another_app_is_not_ours_to_edit_and_what_has_ended_does_not_begin_again) {
    const auto forge = make_forge({ForgeKind::github, "acme/mcp", true});
    const auto runs = [](const std::string& status, int annotations) {
        const Json run{
            {"id", 31}, {"name", "kedge"}, {"status", status}, {"output", {{"annotations_count", annotations}}}};
        return answered(200, Json{{"check_runs", Json::array({run})}});
    };
    const auto sent = [&](const CommitStatus& status, const std::vector<ForgeExchange>& answers) {
        return talk(*forge, PutStatus{status},
                    [&](std::size_t i, const HttpRequest&) {
                        return i < answers.size() ? answers[i] : answered(200, Json{{"id", 32}});
                    })
            .sent;
    };
    const std::string post = "POST /repos/acme/mcp/check-runs";
    const std::string patch = "PATCH /repos/acme/mcp/check-runs/31";
    EXPECT_EQ(sent(sample_status(), {runs("in_progress", 0)})[1], patch);
    EXPECT_EQ(sent(sample_status(), {runs("completed", 0)})[1], patch);
    EXPECT_EQ(sent(sample_status(), {runs("completed", 3)})[1], post) << "annotations are only added to";
    EXPECT_EQ(sent(sample_status(StatusState::pending), {runs("completed", 0)})[1], post);
    const auto foreign = sent(sample_status(), {runs("in_progress", 0), answered(403, Json{{"message", "no"}})});
    EXPECT_EQ(foreign, (std::vector<std::string>{foreign[0], patch, post}));
    const auto many = sent(annotated_status(500), {runs("in_progress", 0)});
    EXPECT_EQ(many.size(), 5u) << "200 annotations, 50 in each";
    EXPECT_EQ(many[2], "PATCH /repos/acme/mcp/check-runs/32");
}

TEST(gitlab_approval, names_the_head_that_was_there_when_it_was_given) {
    const auto approvals = [](const Json& at) {
        Json one{{"user", {{"username", "ann"}}}};
        if (!at.is_null()) one["approved_at"] = at;
        return answered(200, Json{{"approved_by", Json::array({one})}});
    };
    const Json versions{{{"head_commit_sha", head_sha}, {"created_at", "2026-03-02T10:00:00.500Z"}},
                        {{"head_commit_sha", old_sha}, {"created_at", "2026-03-01T10:00:00.000Z"}}};
    const auto head_of = [&](const Json& at) {
        const auto answer =
            answer_of(talk(ForgeKind::gitlab, AskApprovals{12}, {approvals(at), answered(200, versions)}));
        EXPECT_EQ(answer.approvals.size(), 1u);
        return answer.approvals.empty() ? "none" : answer.approvals[0].commit;
    };
    EXPECT_EQ(head_of("2026-03-02T10:00:00.500Z"), head_sha);
    EXPECT_EQ(head_of("2026-03-02T10:00:00.499Z"), old_sha);
    EXPECT_EQ(head_of("2026-03-02T12:30:00+02:00"), head_sha);
    EXPECT_EQ(head_of("2026-02-01T00:00:00Z"), "") << "before all of them";
    EXPECT_EQ(head_of(nullptr), "") << "an older GitLab";
    EXPECT_EQ(head_of("yesterday"), "");
}

TEST(approvals, of_a_list_that_was_cut_count_for_nothing) {
    Json page = Json::array();
    for (int i = 0; i < 100; ++i) page.push_back(github_review("ann" + std::to_string(i), "APPROVED", head_sha));
    const auto forge = make_forge({ForgeKind::github, "acme/mcp", false});
    const auto answer =
        answer_of(talk(*forge, AskApprovals{12}, [&](std::size_t, const HttpRequest&) { return answered(200, page); }));
    EXPECT_TRUE(answer.cut);
    EXPECT_TRUE(answer.approvals.empty());
}

TEST(forge_api_url, is_where_each_forge_has_its_api) {
    EXPECT_EQ(forge_api_url(ForgeKind::github, "https://github.com/"), "https://api.github.com");
    EXPECT_EQ(forge_api_url(ForgeKind::github, "https://acme.ghe.com"), "https://api.acme.ghe.com");
    EXPECT_EQ(forge_api_url(ForgeKind::github, "https://api.github.com"), "https://api.github.com");
    EXPECT_EQ(forge_api_url(ForgeKind::github, "https://git.example.com"), "https://git.example.com/api/v3");
    EXPECT_EQ(forge_api_url(ForgeKind::github, "https://notgithub.com"), "https://notgithub.com/api/v3");
    EXPECT_EQ(forge_api_url(ForgeKind::gitlab, "https://example.com/gitlab/"), "https://example.com/gitlab/api/v4");
    EXPECT_EQ(forge_api_url(ForgeKind::gitea, "http://127.0.0.1:3000"), "http://127.0.0.1:3000/api/v1");
    EXPECT_EQ(forge_api_url(ForgeKind::gitea, "http://127.0.0.1:3000/api/v1"), "http://127.0.0.1:3000/api/v1");
}

TEST(forge_description, says_where_git_has_the_head_and_how_much_room_there_is) {
    EXPECT_EQ(make_forge({ForgeKind::github, "a/b"})->describe().head_ref(12), "refs/pull/12/head");
    EXPECT_EQ(make_forge({ForgeKind::gitea, "a/b"})->describe().head_ref(12), "refs/pull/12/head");
    EXPECT_EQ(make_forge({ForgeKind::gitlab, "a/b"})->describe().head_ref(12), "refs/merge-requests/12/head");
    auto status = sample_status();
    status.line.clear();
    for (int i = 0; i < 200; ++i) status.line += "\xC3\xA9";
    const auto forge = make_forge({ForgeKind::github, "acme/mcp", false});
    const auto step = forge->next(PutStatus{status}, {});
    const auto line = parse_json(std::get<ForgeSend>(step).request.body)["description"].get<std::string>();
    EXPECT_EQ(line.size(), 139u * 2 + 3) << "139 characters and an ellipsis";
}
