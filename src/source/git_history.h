// Which commit last touched a path: a bounded walk back through a repository's history. Promises an answer within its
// bounds; a path that it did not reach is left out.
#pragma once
#include "model/snapshot.h"
#include "source/git_object.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

struct CauseRequest;

Commit describe_commit(git_commit* commit);
std::map<std::string, CommitReference> find_causes(git_repository* repository, git_commit* newest,
                                                   const CauseRequest& request);
// The commits that wrote these lines (from 1) of a file. Empty where the file is not there.
std::map<int, Commit> find_authors(git_repository* repository, git_commit* newest, const std::string& path,
                                   const std::vector<int>& lines);

} // namespace kedge
