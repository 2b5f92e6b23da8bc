// The written list of what may break a rule, each line with its reason. A line that nothing needs any more is itself a
// violation.
#pragma once
#include "tests/house/source_tree.h"

namespace kedge::house {

struct Exception {
    int line = 0;
    std::string rule;
    std::string path;
    std::string subject; // empty: the file as a whole
    std::string reason;
};

// One exception a line: RULE PATH [SUBJECT]: REASON. Lines that start with # are comments.
std::vector<Exception> read_exceptions(std::string_view text, std::vector<Violation>& mistakes);

// What is left of the violations, and one more for each exception that excused nothing.
std::vector<Violation> excuse(std::vector<Violation> violations, const std::vector<Exception>& exceptions);

} // namespace kedge::house
