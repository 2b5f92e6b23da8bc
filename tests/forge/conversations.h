// What a forge is asked and what it answers when all goes well: each question of each forge, once. Golden files hold
// the requests; the tests of preview replay the same conversations with a failure at each step.
#pragma once
#include "base/json.h"
#include "forge/forge.h"

#include <string>
#include <vector>

namespace kedge::testing {

inline const std::string head_sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
inline const std::string base_sha = "c2f9d0e8a1b34c56d7e8f90123456789abcdef01";
inline const std::string merge_sha = "e5bd3914e2e596debea16f433f57875b5b90bcd6";
inline const std::string old_sha = "1111111111111111111111111111111111111111";
inline const std::string marker = "<!-- kedge:preview:main.gateway -->";

struct Conversation {
    std::string name;
    ForgeOptions options;
    ForgeAsk ask;
    std::vector<HttpResponse> answers;
};

inline HttpResponse says(int status, const Json& body, HttpHeaders headers = {}) {
    return {status, std::move(headers), body.dump()};
}

inline Json github_repository(const std::string& name) {
    return {{"id", 1296269}, {"full_name", name}, {"private", false}};
}

inline Json github_pull(int number = 12, const std::string& from = "acme/mcp") {
    return {{"number", number},
            {"state", "open"},
            {"title", "Add a <server> for @everyone"},
            {"user", {{"login", "ann"}, {"type", "User"}}},
            {"html_url", "https://github.com/acme/mcp/pull/" + std::to_string(number)},
            {"merged_at", nullptr},
            {"merge_commit_sha", merge_sha},
            {"head", {{"ref", "feature"}, {"sha", head_sha}, {"repo", github_repository(from)}}},
            {"base", {{"ref", "main"}, {"sha", base_sha}, {"repo", github_repository("acme/mcp")}}}};
}

inline Json github_comment(int id, const std::string& login, const std::string& body, bool bot = false) {
    return {{"id", id},
            {"body", body},
            {"user", {{"login", login}, {"type", bot ? "Bot" : "User"}}},
            {"html_url", "https://github.com/acme/mcp/pull/12#issuecomment-" + std::to_string(id)}};
}

inline Json github_review(const std::string& login, const std::string& state, const std::string& commit) {
    return {{"id", 80}, {"user", {{"login", login}}}, {"state", state}, {"commit_id", commit}};
}

inline Json gitlab_merge_request(int number = 12) {
    return {{"id", 9000 + number},
            {"iid", number},
            {"state", "opened"},
            {"title", "Add a <server> for @everyone"},
            {"author", {{"id", 42}, {"username", "ann"}}},
            {"web_url", "https://gitlab.example.com/acme/tools/mcp/-/merge_requests/" + std::to_string(number)},
            {"source_branch", "feature"},
            {"target_branch", "main"},
            {"source_project_id", 7},
            {"target_project_id", 7},
            {"sha", head_sha},
            {"merge_commit_sha", nullptr},
            {"squash_commit_sha", nullptr},
            {"diff_refs", {{"base_sha", old_sha}, {"head_sha", head_sha}, {"start_sha", base_sha}}}};
}

inline Json gitlab_note(int id, const std::string& username, const std::string& body) {
    return {{"id", id}, {"body", body}, {"author", {{"id", 42}, {"username", username}}}, {"system", false}};
}

inline CommitStatus sample_status(StatusState state = StatusState::success) {
    CommitStatus status;
    status.commit = head_sha;
    status.name = "kedge";
    status.state = state;
    status.line = "2 to create, 1 to change";
    status.url = "https://kedge.example.com/previews/12";
    return status;
}

inline CommitStatus annotated_status(int annotations) {
    auto status = sample_status(StatusState::failure);
    status.summary = "**1 finding**";
    for (int i = 0; i < annotations; ++i) {
        Annotation one;
        one.path = "mcp/github.yaml";
        one.first_line = one.last_line = i + 1;
        one.level = AnnotationLevel::failure;
        one.title = "unknown field";
        one.text = "\"descripton\" is not known; did you mean \"description\"?";
        status.annotations.push_back(one);
    }
    return status;
}

inline PutComment sample_comment() {
    PutComment put;
    put.number = 12;
    put.marker = marker;
    put.body = marker + "\n**2 to create**, 1 to change \xF0\x9F\x9A\xA2";
    put.account = "keeper";
    return put;
}

inline PutComment known_comment() {
    auto put = sample_comment();
    put.id = "4711";
    return put;
}

std::vector<Conversation> github_conversations();
std::vector<Conversation> gitlab_conversations();
std::vector<Conversation> gitea_conversations();
inline std::vector<Conversation> all_conversations() {
    auto all = github_conversations();
    for (auto&& more : {gitlab_conversations(), gitea_conversations()}) all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace kedge::testing
