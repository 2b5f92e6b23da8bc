// Addresses for people: of a file at the head of a pull request.
#pragma once
#include "model/preview.h"
#include "preview/preview_settings.h"

#include <string>

namespace kedge {

// With {path} and {line} to fill in; empty: the pull request's own address tells no place, or it has no head.
std::string file_link(ForgeKind kind, const PullRequest& pull);

} // namespace kedge
