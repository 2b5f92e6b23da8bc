#include "forge/github_shape.h"

#include "forge/read.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace kedge::forge {

PullRequest read_pull(const Json& row, const std::string& repository) {
    PullRequest pull;
    pull.number = number(row, {"number"});
    pull.head_commit = commit(row, {"head", "sha"});
    pull.base_branch = text(row, {"base", "ref"});
    if (pull.number == 0 || pull.head_commit.empty() || pull.base_branch.empty())
        throw std::invalid_argument("the answer holds no pull request");
    pull.repository = text(row, {"base", "repo", "full_name"});
    if (pull.repository.empty()) pull.repository = repository;
    pull.title = text(row, {"title"}, most_title);
    pull.author = text(row, {"user", "login"});
    pull.url = text(row, {"html_url"}, most_url);
    pull.base_commit = commit(row, {"base", "sha"});
    pull.head_branch = text(row, {"head", "ref"});
    pull.head_repository = text(row, {"head", "repo", "full_name"});
    const bool merged = flag(row, {"merged"}) || !text(row, {"merged_at"}).empty();
    if (merged)
        pull.state = PullState::merged;
    else if (text(row, {"state"}) != "open")
        pull.state = PullState::closed;
    // Before the merge GitHub names a trial merge here.
    if (merged) pull.merge_commit = commit(row, {"merge_commit_sha"});
    return pull;
}

bool has_no_head(const Json& row) {
    return number(row, {"number"}) > 0 && text(row, {"head", "sha"}).empty();
}

PullComment read_comment(const Json& row) {
    PullComment comment;
    comment.id = id(row, {"id"});
    const auto* body = member(row, {"body"});
    if (comment.id.empty() || body == nullptr || !body->is_string())
        throw std::invalid_argument("the answer holds no comment");
    comment.body = body->get<std::string>();
    comment.author = text(row, {"user", "login"});
    comment.url = text(row, {"html_url"}, most_url);
    comment.by_program = text(row, {"user", "type"}) == "Bot";
    read_times(row, comment);
    return comment;
}

Permission read_permission(const Json& answer) {
    const auto word = text(answer, {"permission"});
    if (word == "admin" || word == "owner") return Permission::admin;
    if (word == "write" || word == "maintain") return Permission::write;
    if (word == "read" || word == "triage") return Permission::read;
    if (word == "none") return Permission::none;
    throw std::invalid_argument("the answer names no permission");
}

Review read_review(const Json& row) {
    if (!row.is_object()) throw std::invalid_argument("the answer holds no review");
    Review review;
    review.who = text(row, {"user", "login"}); // empty: the account is gone
    review.commit = commit(row, {"commit_id"});
    const auto state = text(row, {"state"});
    if (state == "APPROVED")
        review.verdict = flag(row, {"dismissed"}) ? Review::against : Review::approves;
    else if (state == "CHANGES_REQUESTED" || state == "REQUEST_CHANGES" || state == "DISMISSED")
        review.verdict = Review::against;
    return review;
}

void add_review(std::vector<Approval>& approvals, const Review& review) {
    if (review.verdict == Review::none || review.who.empty()) return;
    std::erase_if(approvals, [&](const Approval& before) { return before.who == review.who; });
    if (review.verdict == Review::approves) approvals.push_back({review.who, review.commit});
}

} // namespace kedge::forge
