#include "forge/github.h"

#include "forge/github_like.h"
#include "forge/github_status.h"

#include <utility>

namespace kedge {

std::unique_ptr<Forge> make_github(std::string repository, bool check_runs) {
    forge::GithubLike words;
    words.description.kind = ForgeKind::github;
    words.description.repository = std::move(repository);
    words.description.most_comment = 65536;
    words.description.most_line = 140;
    words.description.has_annotations = check_runs;
    words.description.credential_header = "Authorization";
    words.description.credential_prefix = "Bearer ";
    words.description.head_ref_begin = "refs/pull/";
    words.description.head_ref_end = "/head";
    words.request = forge::github_request;
    words.open_pulls = "state=open&sort=updated&direction=desc";
    words.rows_of_page = "per_page";
    words.most_file_pages = 30; // published: 3000 files at most
    words.may_be_nobody = true; // 403 for the tokens of an app's installation: those have no user
    words.permission_hint = "the token's account must be able to write to the repository";
    words.check_runs = check_runs;
    return forge::make_github_like(std::move(words));
}

} // namespace kedge
