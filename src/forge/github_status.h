// How GitHub is told what stands beside a commit: a commit status (any token), or a check run (apps only), which has
// room for a summary and for annotations at lines.
#pragma once
#include "forge/talk.h"

#include <string>

namespace kedge::forge {

HttpRequest github_request(const std::string& method, const std::string& target, const Json& body = Json());

// {"context", "description", "state", "target_url"}; Gitea takes the same.
Json commit_status_body(const CommitStatus& status, std::size_t most_line);
// `repository`: its path in the API. At most 200 annotations, 50 in a request.
ForgeStep put_check_run(const PutStatus& ask, const ForgeTalk& talk, const std::string& repository);

} // namespace kedge::forge
