// GitHub, on github.com, *.ghe.com and GitHub Enterprise Server, API version 2022-11-28. Every request and every field
// that is read is published in GitHub's OpenAPI document; the requests are checked against it by script/test-real.
// Inferred: that a status line holds 140 characters (answers say so, the document does not).
#pragma once
#include "forge/forge.h"

namespace kedge {

std::unique_ptr<Forge> make_github(std::string repository, bool check_runs);

} // namespace kedge
