// GitLab, API v4, as its documentation publishes it; tried against no GitLab, for none can be had here.
// `approved_at` of an approval is documented for new versions only: where it is missing, an approval names no head.
// Published limits: 1,000,000 characters of a note, 255 of a status description.
#pragma once
#include "forge/forge.h"

namespace kedge {

std::unique_ptr<Forge> make_gitlab(std::string repository);

} // namespace kedge
