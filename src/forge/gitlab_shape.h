// GitLab's merge requests, notes, members, approvals and versions, read. Everything throws std::invalid_argument for
// what is none.
#pragma once
#include "base/json.h"
#include "forge/forge.h"

#include <string>
#include <vector>

namespace kedge::forge {

// A project is known by a number there; where only that is told of a fork, its repository is "id:4711".
PullRequest read_merge_request(const Json& row, const std::string& repository);
std::string source_project(const PullRequest& pull); // the number, where only that is known; else empty
PullComment read_note(const Json& row);
bool is_system_note(const Json& row); // written by GitLab itself
// 30: developer, 40: maintainer, 50: owner. Somebody blocked or awaiting has none.
Permission read_member(const Json& answer);

struct GitlabApproval {
    std::string who;
    std::string at; // empty: this GitLab does not tell
};
std::vector<GitlabApproval> read_approvals(const Json& answer);
// `versions`: one for each push, newest first. An approval is of the head that was there when it was given.
std::vector<Approval> approvals_with_heads(const std::vector<GitlabApproval>& approvals, const Json& versions);

} // namespace kedge::forge
