// What git's standard error means: the next action, a cause in our words, a hint. Remote text is quoted, shortened and
// scrubbed.
#pragma once
#include "base/failure.h"
#include "source/git_options.h"

#include <string>

namespace kedge {

enum class GitProblem {
    none,
    credential, // refused, or none given
    no_repository,
    no_ref, // branch, tag or commit is not there
    host_key_changed,
    host_key_unknown,
    ssh_key, // refused by the server, or unusable here
    certificate,
    ca_file,
    moved,     // a redirect
    forbidden, // transport
    owner,     // a local repository of somebody else
    disk,
    no_user, // ssh: no such user id in this system
    slow,
    unreachable,
    dropped,        // ended in the middle
    busy,           // 429, 5xx
    mirror_damaged, // our own copy
    other,
};

// `errors`: git's standard error under LC_ALL=C; `mirror`: the path that tells our own repository from theirs.
GitProblem classify_git_errors(const std::string& errors, const std::string& mirror);

// The line that says most, with the credentials of `options` and what looks like one taken out.
std::string quoted_git_error(const std::string& errors, const GitSourceOptions& options);

// The Failure for it; for no_ref the mirror says more, see GitMirror.
Failure git_failure(GitProblem problem, const std::string& errors, const GitSourceOptions& options);

} // namespace kedge
