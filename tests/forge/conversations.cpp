#include "tests/forge/conversations.h"

namespace kedge::testing {

namespace {

const ForgeOptions on_github{ForgeKind::github, "acme/mcp", false};
const ForgeOptions on_checks{ForgeKind::github, "acme/mcp", true};
const ForgeOptions on_gitlab{ForgeKind::gitlab, "acme/tools/mcp", false};
const ForgeOptions on_gitea{ForgeKind::gitea, "acme/mcp", false};

Json other_comments() {
    return {github_comment(1, "ann", "Looks good"), github_comment(2, "mallory", marker + "\nnothing to do")};
}

} // namespace

std::vector<Conversation> github_conversations() {
    const Json run{{"id", 31}, {"name", "kedge"}, {"status", "in_progress"}, {"output", {{"annotations_count", 0}}}};
    const Json no_runs{{"total_count", 0}, {"check_runs", Json::array()}};
    const Json one_run{{"total_count", 1}, {"check_runs", Json::array({run})}};
    const HttpHeaders more{{"Link", "<https://api.github.com/repositories/1/pulls?page=2>; rel=\"next\""}};
    const HttpHeaders last{{"Link", "<https://api.github.com/repositories/1/pulls?page=1>; rel=\"first\""}};
    const auto written = github_comment(4711, "keeper", sample_comment().body);
    return {
        {"account", on_github, AskAccount{}, {says(200, {{"login", "keeper"}})}},
        {"open pulls",
         on_github,
         AskOpenPulls{},
         {says(200, Json::array({github_pull(12)}), more),
          says(200, Json::array({github_pull(11, "mallory/mcp")}), last)}},
        {"pull", on_github, AskPull{12}, {says(200, github_pull())}},
        {"files",
         on_github,
         AskFiles{12},
         {says(200, {{{"filename", "b.yaml"}, {"status", "renamed"}, {"previous_filename", "a.yaml"}}})}},
        {"comments", on_github, AskComments{12}, {says(200, other_comments())}},
        {"put a new comment", on_github, sample_comment(), {says(200, other_comments()), says(201, written)}},
        {"put a comment that stands there",
         on_github,
         sample_comment(),
         {says(200, {github_comment(1, "ann", "Looks good"), github_comment(4711, "Keeper", marker + "\nold")}),
          says(200, written)}},
        {"put a known comment", on_github, known_comment(), {says(200, written)}},
        {"write a comment", on_github, WriteComment{12, "kedge: released"}, {says(201, written)}},
        {"status", on_github, PutStatus{sample_status()}, {says(201, {{"id", 1}, {"state", "success"}})}},
        {"pending status",
         on_github,
         PutStatus{sample_status(StatusState::pending)},
         {says(201, {{"id", 1}, {"state", "pending"}})}},
        {"failed status",
         on_github,
         PutStatus{sample_status(StatusState::error)},
         {says(201, {{"id", 1}, {"state", "error"}})}},
        {"new check run",
         on_checks,
         PutStatus{sample_status(StatusState::pending)},
         {says(200, no_runs), says(201, run)}},
        {"check run with 120 annotations",
         on_checks,
         PutStatus{annotated_status(120)},
         {says(200, one_run), says(200, run), says(200, run), says(200, run)}},
        {"permission", on_github, AskPermission{"ann"}, {says(200, {{"permission", "write"}, {"role_name", "write"}})}},
        {"approvals",
         on_github,
         AskApprovals{12},
         {says(200,
               {github_review("ann", "APPROVED", old_sha), github_review("bob", "APPROVED", head_sha),
                github_review("ann", "COMMENTED", head_sha), github_review("cyd", "APPROVED", head_sha),
                github_review("cyd", "CHANGES_REQUESTED", head_sha), github_review("dan", "DISMISSED", head_sha)})}},
    };
}

std::vector<Conversation> gitlab_conversations() {
    const auto written = gitlab_note(4711, "keeper", sample_comment().body);
    const Json others{gitlab_note(1, "ann", "Looks good"), gitlab_note(2, "mallory", marker + "\nnothing to do")};
    auto fork = gitlab_merge_request();
    fork["source_project_id"] = 8;
    const HttpHeaders more{{"Link", "<https://gitlab.example.com/api/v4/x?page=2>; rel=\"next\""}};
    const Json approvals{{"approved_by",
                          {{{"user", {{"username", "ann"}}}, {"approved_at", "2026-03-01T10:00:00.000Z"}},
                           {{"user", {{"username", "bob"}}}, {"approved_at", "2026-03-02T12:00:00.500+02:00"}}}}};
    const Json versions{{{"id", 2}, {"head_commit_sha", head_sha}, {"created_at", "2026-03-02T09:00:00.000Z"}},
                        {{"id", 1}, {"head_commit_sha", old_sha}, {"created_at", "2026-03-01T09:00:00.000Z"}}};
    return {
        {"account", on_gitlab, AskAccount{}, {says(200, {{"id", 3}, {"username", "keeper"}})}},
        {"open pulls",
         on_gitlab,
         AskOpenPulls{},
         {says(200, Json::array({gitlab_merge_request(12)}), more), says(200, Json::array({fork}))}},
        {"pull", on_gitlab, AskPull{12}, {says(200, gitlab_merge_request())}},
        {"pull of a fork",
         on_gitlab,
         AskPull{12},
         {says(200, fork), says(200, {{"id", 8}, {"path_with_namespace", "mallory/mcp"}})}},
        {"files",
         on_gitlab,
         AskFiles{12},
         {says(200, {{{"old_path", "a.yaml"}, {"new_path", "b.yaml"}}, {{"old_path", "c"}, {"new_path", "c"}}})}},
        {"comments", on_gitlab, AskComments{12}, {says(200, others)}},
        {"put a new comment", on_gitlab, sample_comment(), {says(200, others), says(201, written)}},
        {"put a comment that stands there",
         on_gitlab,
         sample_comment(),
         {says(200, {gitlab_note(1, "ann", "Looks good"), gitlab_note(4711, "keeper", marker + "\nold")}),
          says(200, written)}},
        {"put a known comment", on_gitlab, known_comment(), {says(200, written)}},
        {"write a comment", on_gitlab, WriteComment{12, "kedge: released"}, {says(201, written)}},
        {"status", on_gitlab, PutStatus{sample_status()}, {says(201, {{"id", 1}, {"status", "success"}})}},
        {"failed status",
         on_gitlab,
         PutStatus{sample_status(StatusState::failure)},
         {says(201, {{"id", 1}, {"status", "failed"}})}},
        {"pending status that is pending",
         on_gitlab,
         PutStatus{sample_status(StatusState::pending)},
         {says(400, {{"message", "Cannot transition status via :enqueue from :pending"}}),
          says(200, {{{"name", "kedge"}, {"status", "pending"}}})}},
        {"permission",
         on_gitlab,
         AskPermission{"ann"},
         {says(200, {{{"id", 42}, {"username", "ann"}}}),
          says(200, {{"id", 42}, {"access_level", 30}, {"state", "active"}})}},
        {"approvals", on_gitlab, AskApprovals{12}, {says(200, approvals), says(200, versions)}},
    };
}

std::vector<Conversation> gitea_conversations() {
    const auto written = github_comment(4711, "keeper", sample_comment().body);
    auto dismissed = github_review("dan", "APPROVED", head_sha);
    dismissed["dismissed"] = true;
    Json full = Json::array();
    for (int i = 0; i < 50; ++i) full.push_back(github_pull(100 - i));
    return {
        {"account", on_gitea, AskAccount{}, {says(200, {{"login", "keeper"}})}},
        {"open pulls",
         on_gitea,
         AskOpenPulls{},
         {says(200, full), says(200, Json::array({github_pull(11, "mallory/mcp")}))}},
        {"pull", on_gitea, AskPull{12}, {says(200, github_pull())}},
        {"files", on_gitea, AskFiles{12}, {says(200, {{{"filename", "b.yaml"}, {"status", "added"}}})}},
        {"comments", on_gitea, AskComments{12}, {says(200, other_comments(), {{"X-Total-Count", "2"}})}},
        {"put a new comment", on_gitea, sample_comment(), {says(200, other_comments()), says(201, written)}},
        {"put a comment that stands there",
         on_gitea,
         sample_comment(),
         {says(200, {github_comment(1, "ann", "Looks good"), github_comment(4711, "keeper", marker + "\nold")}),
          says(200, written)}},
        {"put a known comment", on_gitea, known_comment(), {says(200, written)}},
        {"write a comment", on_gitea, WriteComment{12, "kedge: released"}, {says(201, written)}},
        {"status", on_gitea, PutStatus{sample_status()}, {says(201, {{"id", 1}, {"status", "success"}})}},
        {"permission", on_gitea, AskPermission{"ann"}, {says(200, {{"permission", "owner"}})}},
        {"approvals",
         on_gitea,
         AskApprovals{12},
         {says(200, {github_review("ann", "APPROVED", old_sha), github_review("bob", "APPROVED", head_sha),
                     github_review("cyd", "REQUEST_CHANGES", head_sha), dismissed})}},
    };
}

} // namespace kedge::testing
