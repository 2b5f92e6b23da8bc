// What Gitea took over from GitHub: the shape of pull requests, comments, reviews and rights. Everything throws
// std::invalid_argument for a row that is none.
#pragma once
#include "base/json.h"
#include "forge/forge.h"

#include <string>
#include <vector>

namespace kedge::forge {

// `repository`: where the row does not name its own.
PullRequest read_pull(const Json& row, const std::string& repository);
bool has_no_head(const Json& row); // a pull request whose commit is gone: nothing can be said about it
PullComment read_comment(const Json& row);
Permission read_permission(const Json& answer);

// Reviews in the order in which they were given. Of each person the last that approves, asks for changes or was
// dismissed counts; a mere comment takes nothing back.
struct Review {
    std::string who;
    std::string commit;
    enum Verdict { none, approves, against } verdict = none;
};
Review read_review(const Json& row);
void add_review(std::vector<Approval>& approvals, const Review& review);

} // namespace kedge::forge
