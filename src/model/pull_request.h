// Which pull request a commit came by, as far as its title tells.
#pragma once
#include <string>

namespace kedge {

// The number that the title names: "Fix it (#12)" and "Merge pull request #12 from ..." (GitHub), "Merge pull request
// 'Fix it' (#12) from ..." (Gitea, Forgejo), "Fix it (!12)" (GitLab). Empty: none.
std::string pull_request_of(const std::string& title);

} // namespace kedge
