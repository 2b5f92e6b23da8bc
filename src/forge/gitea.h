// Gitea and Forgejo, API v1, as read in the source of Gitea 1.26.0 and tried against that server. Forgejo is assumed to
// answer alike: it came from Gitea and kept these paths. Assumed: 65535 characters of a comment (no limit is
// documented, the column is larger on some databases), 255 of a status line (its column is a text).
#pragma once
#include "forge/forge.h"

namespace kedge {

std::unique_ptr<Forge> make_gitea(std::string repository);

} // namespace kedge
