// How long a file and a function may grow. The counter is simple (braces of clang-formatted text); what it cannot know,
// a line in exceptions.txt says, with a reason.
#pragma once
#include "tests/house/source_tree.h"

namespace kedge::house {

inline constexpr int kMostFileLines = 400;
inline constexpr int kMostFunctionLines = 60;

struct FunctionSpan {
    std::string name;
    int first_line = 0; // of the signature
    int last_line = 0;  // of the closing brace
};

std::vector<FunctionSpan> functions_of(std::string_view text);

std::vector<Violation> check_file_lengths(const std::vector<SourceFile>& files);
std::vector<Violation> check_function_lengths(const std::vector<SourceFile>& files);

} // namespace kedge::house
