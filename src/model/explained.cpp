#include "model/explained.h"

#include <algorithm>

namespace kedge {

int line_of(const Explained& about, const std::string& path) {
    auto pointer = "/" + path.substr(0, path.find('['));
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    auto line = about.lines.find(pointer);
    while (line == about.lines.end() && pointer.rfind('/') > 0) {
        pointer = pointer.substr(0, pointer.rfind('/'));
        line = about.lines.find(pointer);
    }
    return line == about.lines.end() ? 0 : line->second;
}

} // namespace kedge
