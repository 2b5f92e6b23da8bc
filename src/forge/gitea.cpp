#include "forge/gitea.h"

#include "forge/github_like.h"

#include <utility>

namespace kedge {

// Beside what is drawn in github_like.cpp:
// GET /user: 403 where the token lacks the scope read:user.
// GET /repos/acme/mcp/issues/12/comments: this list has no pages.
// GET /repos/acme/mcp/collaborators/ann/permission: 403, for only an administrator of the repository may ask for
// others. POST /repos/acme/mcp/statuses/6dcb...: 500 where the commit is not there (yet).
std::unique_ptr<Forge> make_gitea(std::string repository) {
    forge::GithubLike words;
    words.description.kind = ForgeKind::gitea;
    words.description.repository = std::move(repository);
    words.description.most_comment = 65535;
    words.description.most_line = 255;
    words.description.credential_header = "Authorization";
    words.description.credential_prefix = "token ";
    words.description.head_ref_begin = "refs/pull/";
    words.description.head_ref_end = "/head";
    words.request = forge::json_request;
    words.open_pulls = "state=open&sort=recentupdate";
    words.rows_of_page = "limit";
    words.pages = {50, 20}; // a server gives 50 rows at most unless its settings say more
    words.most_file_pages = 60;
    words.pages_comments = false;
    words.account_hint = "the token needs the scope read:user";
    words.permission_hint = "the token's account must be an administrator of the repository";
    return forge::make_github_like(std::move(words));
}

} // namespace kedge
