#include "forge/event.h"

#include "tests/forge/conversations.h"

#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::testing;

namespace {

Json github_body(const std::string& action) {
    return {{"action", action},
            {"number", 12},
            {"pull_request", github_pull()},
            {"repository",
             {{"full_name", "acme/mcp"},
              {"clone_url", "https://github.com/acme/mcp.git"},
              {"ssh_url", "git@github.com:acme/mcp.git"},
              {"html_url", "https://github.com/acme/mcp"}}},
            {"sender", {{"login", "ann"}}}};
}

Json comment_body(const std::string& text) {
    auto body = github_body("created");
    body.erase("pull_request");
    body["issue"] = {{"number", 12}, {"pull_request", {{"url", "https://api.github.com/repos/acme/mcp/pulls/12"}}}};
    body["comment"] = {{"id", 4711}, {"body", text}, {"user", {{"login", "ann"}}}};
    return body;
}

Json gitlab_body(const std::string& action) {
    return {{"object_kind", "merge_request"},
            {"user", {{"username", "ann"}}},
            {"project",
             {{"path_with_namespace", "acme/tools/mcp"},
              {"git_http_url", "https://gitlab.example.com/acme/tools/mcp.git"},
              {"git_ssh_url", "git@gitlab.example.com:acme/tools/mcp.git"},
              {"web_url", "https://gitlab.example.com/acme/tools/mcp"}}},
            {"object_attributes", {{"iid", 12}, {"action", action}, {"last_commit", {{"id", head_sha}}}}}};
}

Json note_body() {
    auto body = gitlab_body("");
    body["object_kind"] = "note";
    body["object_attributes"] = {
        {"id", 4711}, {"note", "kedge plan"}, {"noteable_type", "MergeRequest"}, {"action", "create"}};
    body["merge_request"] = {{"iid", 12}, {"last_commit", {{"id", head_sha}}}};
    return body;
}

ForgeEvent github(const std::string& event, const Json& body) {
    return read_forge_event(ForgeKind::github, event, body.dump());
}
ForgeEvent gitea(const std::string& event, const Json& body) {
    return read_forge_event(ForgeKind::gitea, event, body.dump());
}
ForgeEvent gitlab(const Json& body) {
    return read_forge_event(ForgeKind::gitlab, "Merge Request Hook", body.dump());
}
std::string kind(const ForgeEvent& event) {
    return std::string(to_text(event.kind)) + (event.problem.empty() ? "" : ": " + event.problem);
}

} // namespace

TEST(forge_event, of_github_names_a_repository_a_number_and_what_moved) {
    const auto event = github("pull_request", github_body("synchronize"));
    EXPECT_EQ(kind(event), "moved");
    EXPECT_EQ(event.number, 12);
    EXPECT_EQ(event.head_commit, head_sha);
    EXPECT_EQ(event.repository, "acme/mcp");
    EXPECT_EQ(event.urls, (std::vector<std::string>{"https://github.com/acme/mcp.git", "git@github.com:acme/mcp.git",
                                                    "https://github.com/acme/mcp"}));
    for (const auto& [action, expected] : {std::pair{"opened", "opened"},
                                           {"reopened", "opened"},
                                           {"ready_for_review", "moved"},
                                           {"closed", "closed"},
                                           {"labeled", "nothing"},
                                           {"edited", "nothing"},
                                           {"assigned", "nothing"}}) {
        EXPECT_EQ(kind(github("pull_request", github_body(action))), expected) << action;
    }
    auto rebased = github_body("edited");
    rebased["changes"]["base"]["ref"]["from"] = "dev";
    EXPECT_EQ(kind(github("pull_request", rebased)), "moved");
    auto merged = github_body("closed");
    merged["pull_request"]["merged"] = true;
    EXPECT_EQ(kind(github("pull_request", merged)), "merged");
    EXPECT_EQ(kind(github("pull_request_review", github_body("submitted"))), "reviewed");
    EXPECT_EQ(kind(github("pull_request_review", github_body("dismissed"))), "reviewed");
    EXPECT_EQ(kind(github("check_run", github_body("opened"))), "nothing");
}

TEST(forge_event, of_a_merge_queue_names_a_commit_and_where_it_can_be_fetched) {
    auto body = github_body("checks_requested");
    body["merge_group"] = {{"head_sha", head_sha},
                           {"head_ref", "refs/heads/gh-readonly-queue/main/pr-12-" + base_sha},
                           {"base_ref", "refs/heads/main"}};
    const auto event = github("merge_group", body);
    EXPECT_EQ(kind(event), "merge group");
    EXPECT_EQ(event.head_commit, head_sha);
    EXPECT_EQ(event.base_branch, "main");
    EXPECT_EQ(event.head_ref, "refs/heads/gh-readonly-queue/main/pr-12-" + base_sha);
    EXPECT_EQ(event.number, 0);
    for (const auto* ref : {"refs/tags/x", "-x", "refs/heads/../x", "refs/heads/a b", "refs/heads/*", "refs/heads/"}) {
        body["merge_group"]["head_ref"] = ref;
        EXPECT_EQ(kind(github("merge_group", body)), "nothing: the body names no merge group with head and base")
            << ref;
    }
    body["action"] = "destroyed";
    EXPECT_EQ(kind(github("merge_group", body)), "nothing");
}

TEST(forge_event, of_a_comment_holds_who_wrote_it_and_whole_lines_of_what) {
    const auto event = github("issue_comment", comment_body("kedge plan"));
    EXPECT_EQ(kind(event), "commented");
    EXPECT_EQ(event.comment, "4711");
    EXPECT_EQ(event.author, "ann");
    EXPECT_EQ(event.body, "kedge plan");
    const std::string padding(4080, 'x');
    const auto cut = github("issue_comment", comment_body(padding + "\nkedge plan is what I would never say"));
    EXPECT_EQ(cut.body, padding + "\n");
    EXPECT_EQ(github("issue_comment", comment_body(std::string(5000, 'x'))).body, "");
}

TEST(forge_event, of_an_edited_comment_or_one_on_an_issue_is_none) {
    auto edited = comment_body("kedge plan");
    edited["action"] = "edited";
    EXPECT_EQ(kind(github("issue_comment", edited)), "nothing");
    auto issue = comment_body("kedge plan");
    issue["issue"].erase("pull_request");
    EXPECT_EQ(kind(github("issue_comment", issue)), "nothing");
    auto note = note_body();
    note["object_attributes"]["action"] = "update";
    EXPECT_EQ(kind(gitlab(note)), "nothing");
    note = note_body();
    note["object_attributes"]["noteable_type"] = "Commit";
    EXPECT_EQ(kind(gitlab(note)), "nothing");
    note = note_body();
    note["object_attributes"]["system"] = true;
    EXPECT_EQ(kind(gitlab(note)), "nothing");
}

TEST(forge_event, of_gitea_is_called_otherwise_and_means_the_same) {
    EXPECT_EQ(kind(gitea("pull_request", github_body("synchronized"))), "moved");
    EXPECT_EQ(kind(gitea("pull_request", github_body("opened"))), "opened");
    EXPECT_EQ(kind(gitea("pull_request_approved", github_body("reviewed"))), "reviewed");
    EXPECT_EQ(kind(gitea("pull_request_rejected", github_body("reviewed"))), "reviewed");
    auto rebased = github_body("edited");
    rebased["changes"]["ref"]["from"] = "dev";
    EXPECT_EQ(kind(gitea("pull_request", rebased)), "moved");
    auto comment = comment_body("kedge plan");
    comment["issue"].erase("pull_request");
    EXPECT_EQ(kind(gitea("issue_comment", comment)), "nothing");
    comment["is_pull"] = true;
    EXPECT_EQ(kind(gitea("issue_comment", comment)), "commented");
}

TEST(forge_event, of_gitlab_tells_a_push_from_another_title) {
    EXPECT_EQ(kind(gitlab(gitlab_body("open"))), "opened");
    EXPECT_EQ(kind(gitlab(gitlab_body("merge"))), "merged");
    EXPECT_EQ(kind(gitlab(gitlab_body("close"))), "closed");
    EXPECT_EQ(kind(gitlab(gitlab_body("approved"))), "reviewed");
    EXPECT_EQ(kind(gitlab(gitlab_body("update"))), "nothing");
    auto pushed = gitlab_body("update");
    pushed["object_attributes"]["oldrev"] = old_sha;
    const auto event = gitlab(pushed);
    EXPECT_EQ(kind(event), "moved");
    EXPECT_EQ(event.head_commit, head_sha);
    EXPECT_EQ(event.repository, "acme/tools/mcp");
    EXPECT_EQ(event.urls.size(), 3u);
    const auto note = gitlab(note_body());
    EXPECT_EQ(kind(note), "commented");
    EXPECT_EQ(note.author, "ann");
    EXPECT_EQ(note.number, 12);
}

TEST(forge_event, of_an_older_gitlab_is_a_new_note_where_it_has_never_been_updated) {
    auto note = note_body();
    note["object_attributes"].erase("action");
    EXPECT_EQ(kind(gitlab(note)), "nothing");
    note["object_attributes"]["created_at"] = "2026-03-01 10:00:00 UTC";
    note["object_attributes"]["updated_at"] = "2026-03-01 10:00:00 UTC";
    EXPECT_EQ(kind(gitlab(note)), "commented");
    note["object_attributes"]["updated_at"] = "2026-03-01 10:00:05 UTC";
    EXPECT_EQ(kind(gitlab(note)), "nothing");
}

TEST(forge_event, that_does_not_fit_is_said_in_words) {
    const auto text = [](const std::string& body) {
        return kind(read_forge_event(ForgeKind::github, "pull_request", body));
    };
    EXPECT_EQ(text("[]"), "nothing: the body is no JSON object");
    EXPECT_NE(text("{").find("nothing: the body is no JSON that is read here"), std::string::npos);
    EXPECT_NE(text("<html>").find("nothing: the body is no JSON"), std::string::npos);
    auto body = github_body("opened");
    body["repository"] = Json::object();
    EXPECT_EQ(text(body.dump()), "nothing: the body names no repository");
    body = github_body("opened");
    body["pull_request"]["number"] = "12";
    EXPECT_EQ(text(body.dump()), "nothing: the body names no pull request");
    body["pull_request"]["number"] = -1;
    EXPECT_EQ(text(body.dump()), "nothing: the body names no pull request");
    body["pull_request"]["number"] = 12;
    body["pull_request"]["head"]["sha"] = "../../etc/passwd";
    EXPECT_EQ(read_forge_event(ForgeKind::github, "pull_request", body.dump()).head_commit, "");
}
