// Which folders of a source a path fits whose last part is a glob ("teams/*"): what units are made of, one for each.
#pragma once
#include "source/git_repository.h"

#include <string>
#include <vector>

namespace kedge {

// Sorted paths from the root of the repository, of the commit that a fetch leads to; none where the folder above is not
// there. Hidden ones are left out. Throws Failure.
Task<std::vector<std::string>> folders_in(GitRepository& repository, Milliseconds max_age, std::string pattern);

// The same below a plain folder. Blocking.
std::vector<std::string> folders_in(const std::string& root, const std::string& pattern);

} // namespace kedge
