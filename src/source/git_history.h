// Which commit last touched a path: a bounded walk back through a repository's history. Promises an answer within its
// bounds; a path that it did not reach is left out.
#pragma once
#include "model/snapshot.h"
#include "source/git_object.h"

#include <map>
#include <string>

namespace kedge {

struct CauseRequest;

Commit describe_commit(git_commit* commit);
std::map<std::string, Commit> find_causes(git_repository* repository, git_commit* newest, const CauseRequest& request);

} // namespace kedge
