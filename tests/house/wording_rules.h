// Words, names and openings: no promise to do it later, no room that could hold anything, no path of somebody's
// machine, and a comment at the top of each header that says what it is.
#pragma once
#include "tests/house/source_tree.h"

namespace kedge::house {

std::vector<Violation> check_words(const std::vector<SourceFile>& files);
std::vector<Violation> check_names(const std::vector<SourceFile>& files);
std::vector<Violation> check_headers(const std::vector<SourceFile>& files);
std::vector<Violation> check_tests_mirror_rooms(const std::vector<SourceFile>& files);
std::vector<Violation> check_decisions_are_listed(const std::vector<SourceFile>& files);
std::vector<Violation> check_links(const std::vector<SourceFile>& files);

} // namespace kedge::house
