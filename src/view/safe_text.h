// Foreign text made fit to be shown: always valid UTF-8 on one line, with everything that hides, moves or reorders
// other text turned into a visible escape. And the few measures that laying out such text needs.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge {

// Control characters become \n, \t, \x1b; bidirectional, zero-width and other invisible ones \u{202e}; broken UTF-8
// \xff.
std::string visible(std::string_view foreign);
// The same text with broken UTF-8 replaced by U+FFFD: for JSON, where escapes are the reader's business.
std::string valid_utf8(std::string_view foreign);

// Columns on a terminal; wide characters count two, combining ones none. `text` is the result of visible().
int display_width(std::string_view text);
// At most `width` columns, an end that was cut away shown as "...".
std::string shorten(std::string_view text, int width);
// The same for two values of one field: where they would look alike, both begin shortly before they differ.
std::pair<std::string, std::string> shorten_pair(std::string_view live, std::string_view desired, int width);
// Spaces up to `width` columns.
std::string pad(std::string text, int width);
// Lines of at most `width` columns, broken at spaces; a longer word stays whole (a path must remain usable).
std::vector<std::string> wrap(std::string_view text, int width);
// The first `count` characters, as visible() shows them: where a caret belongs.
std::string visible_start(std::string_view foreign, int count);

} // namespace kedge
