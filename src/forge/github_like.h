// The conversations that GitHub and Gitea (with Forgejo, which has its API) hold alike, and in which words each of them
// differs. Requests are drawn as GitHub gets them; forge/gitea.cpp says what is different there.
#pragma once
#include "forge/talk.h"

#include <functional>
#include <memory>
#include <string>

namespace kedge::forge {

struct GithubLike {
    ForgeDescription description;
    // With the headers that this forge wants; `body` is no body where it is null.
    std::function<HttpRequest(const std::string& method, const std::string& target, const Json& body)> request;
    std::string open_pulls;     // query of the list: what moved last comes first
    std::string rows_of_page;   // name of that parameter: "per_page"
    Paging pages;               // of lists
    int most_file_pages = 30;   // of the files of a pull request
    bool pages_comments = true; // false: all of them come at once
    bool may_be_nobody = false; // a credential that is no account's is an answer, and no mistake
    std::string account_hint;
    std::string permission_hint;
    bool check_runs = false;
};
std::unique_ptr<Forge> make_github_like(GithubLike words);

} // namespace kedge::forge
