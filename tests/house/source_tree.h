// The project's own files as values, so that each rule is a pure function that a bad sample in memory can prove to
// bite.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kedge::house {

struct SourceFile {
    std::string path; // relative to the repository, with /
    std::string text;
};

struct Violation {
    std::string rule;    // as the exceptions name it
    std::string path;    // of the file
    int line = 0;        // 1-based; 0: the file as a whole
    std::string subject; // what inside the file: a function, a header; may be empty
    std::string says;    // for the reader
};

// Every text file of the repository that people wrote; build folders, caches and results are left out.
std::vector<SourceFile> read_tree(const std::string& root);

bool is_cpp(std::string_view path);
bool is_header(std::string_view path);
bool under(std::string_view path, std::string_view folder);
std::string_view room_of(std::string_view path); // src/plan/x.cpp -> plan, sandbox/x.cpp -> sandbox, src/x.h -> ""

std::vector<std::string_view> lines_of(std::string_view text);

// The same text, equally long, with comments, literals and preprocessor lines blanked.
std::string only_code(std::string_view text);

std::string describe(const std::vector<Violation>& violations);

} // namespace kedge::house
