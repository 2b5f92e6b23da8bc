// Names and texts that come out of a repository: which file names are safe to use, and how odd ones are shown. Promises
// that what it returns is printable UTF-8.
#pragma once
#include <string>
#include <string_view>

namespace kedge {

bool is_valid_utf8(std::string_view text);

// Why one path segment cannot be used ("holds a backslash"); empty where it can.
std::string name_problem(std::string_view name);

// A name for messages: control characters, bad UTF-8 and backslashes as \xNN.
std::string shown_name(std::string_view name);

// One line of foreign text (commit titles, authors): control characters become spaces, bad bytes `?`, cut at 300 bytes.
std::string one_line(std::string_view text);

} // namespace kedge
