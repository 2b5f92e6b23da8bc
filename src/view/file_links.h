// Addresses for people: of a file at the head of a pull request, read off the pull request's own address.
#pragma once
#include "model/preview.h"

#include <string>

namespace kedge {

// With {path} and {line} to fill in; empty: the pull request's own address tells no place, or it has no head.
std::string file_link(const PullRequest& pull);
// Empty where the pattern has no place for both.
std::string filled_link(const std::string& pattern, const std::string& path, int line);

} // namespace kedge
