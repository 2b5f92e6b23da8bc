// Path globs as in .gitignore's core: `*` and `?` stay within one path segment, `**` crosses them, `[a-z]` is a set.
#pragma once
#include <string_view>

namespace kedge {

// Whole-path match. A pattern without a slash is matched against the last segment as well.
bool glob_match(std::string_view pattern, std::string_view path);

} // namespace kedge
