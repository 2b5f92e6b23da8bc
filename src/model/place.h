// Where something was written.
#pragma once
#include <string>

namespace kedge {

struct Place {
    std::string file; // relative to the source folder, '/' as separator; empty where there is no file
    int line = 0;     // 1-based; 0 where unknown
    int column = 0;   // 1-based; 0 where unknown

    auto operator<=>(const Place&) const = default;
};

// "mcp/github.yaml:12:3", leaving out what is unknown.
inline std::string to_text(const Place& place) {
    std::string text = place.file;
    if (place.line > 0) text += ":" + std::to_string(place.line);
    if (place.line > 0 && place.column > 0) text += ":" + std::to_string(place.column);
    return text;
}

} // namespace kedge
