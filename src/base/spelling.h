// Finds the word that a misspelled one was meant to be.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// Insertions, deletions, replacements and swaps of neighbours; `most + 1` for everything farther away.
int edit_distance(std::string_view a, std::string_view b, int most);

// The nearest candidate within two edits (one for words of up to four letters), or an empty text.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

} // namespace kedge
