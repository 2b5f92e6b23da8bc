// Gitea and Forgejo, API v1, as Gitea 1.26.0 publishes it and read in its source; script/test-real tries it there.
// Forgejo came from Gitea and is assumed to answer alike. Assumed: 65535 characters of a comment (nothing is
// documented), 255 of a status line (its column is a text).
#pragma once
#include "forge/forge.h"

namespace kedge {

std::unique_ptr<Forge> make_gitea(std::string repository);

} // namespace kedge
