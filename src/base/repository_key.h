// One spelling for all URLs of a repository: forges spell one in several ways, and settings in another. For finding
// what settings know by what a message names; never for building a request.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

// Host and path alone, in lower case, without user, port, `.git` and slashes at the end: what https, ssh and scp-like
// spellings of one repository share. Empty for what is no URL of a host; two empty keys are not the same place.
// The path is in lower case too: GitHub, GitLab, Gitea and Forgejo take owner and name in any case, so a stricter key
// would miss what they mean; on a host that tells them apart, one look too many is all that comes of it.
std::string repository_key(std::string_view url);

// The path as it is spelt, without `.git` and slashes: what forges call a repository ("acme/mcp"). Empty where the key
// is.
std::string repository_path(std::string_view url);

} // namespace kedge
