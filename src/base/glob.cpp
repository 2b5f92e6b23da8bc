#include "base/glob.h"

#include <vector>

namespace kedge {

namespace {

// Matches one `[set]` at pattern[0]; gives the pattern's length of the set, 0 where the set never closes (then `[` is
// literal).
std::size_t match_set(std::string_view pattern, char c, bool& hit) {
    std::size_t i = 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    if (negated) ++i;
    bool found = false;
    for (const std::size_t first = i; i < pattern.size(); ++i) {
        if (pattern[i] == ']' && i > first) {
            hit = found != negated;
            return i + 1;
        }
        if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
            if (pattern[i] <= c && c <= pattern[i + 2]) found = true;
            i += 2;
        } else if (pattern[i] == c) {
            found = true;
        }
    }
    return 0;
}

// One step of a pattern against the path. `dp` over (pattern, path) positions: no recursion, so no pattern is
// exponential.
bool match_here(std::string_view pattern, std::string_view path) {
    std::vector<char> reach(path.size() + 1, 0);
    reach[0] = 1;
    for (std::size_t p = 0; p < pattern.size();) {
        std::vector<char> next(path.size() + 1, 0);
        const bool star = pattern[p] == '*';
        const bool deep = star && p + 1 < pattern.size() && pattern[p + 1] == '*';
        std::size_t length = deep ? 2 : 1;
        if (deep && p + 2 < pattern.size() && pattern[p + 2] == '/') {
            length = 3; // `**/` also stands for nothing, or for whole leading segments
            bool open = false;
            for (std::size_t i = 0; i <= path.size(); ++i) {
                if (reach[i]) next[i] = 1;
                if (open && i > 0 && path[i - 1] == '/') next[i] = 1;
                if (reach[i]) open = true;
            }
        } else if (star) {
            bool open = false;
            for (std::size_t i = 0; i <= path.size(); ++i) {
                if (i > 0 && path[i - 1] == '/' && !deep) open = false;
                if (reach[i]) open = true;
                next[i] = open ? 1 : 0;
            }
        } else {
            for (std::size_t i = 0; i < path.size(); ++i) {
                if (!reach[i]) continue;
                bool hit = pattern[p] == path[i];
                if (pattern[p] == '?') hit = path[i] != '/';
                if (pattern[p] == '[') {
                    const std::size_t set = match_set(pattern.substr(p), path[i], hit);
                    if (set > 0) length = set;
                    if (path[i] == '/') hit = false;
                }
                if (hit) next[i + 1] = 1;
            }
        }
        reach = std::move(next);
        p += length;
    }
    return reach[path.size()] != 0;
}

} // namespace

bool glob_match(std::string_view pattern, std::string_view path) {
    if (match_here(pattern, path)) return true;
    if (pattern.find('/') != std::string_view::npos) return false;
    const auto slash = path.rfind('/');
    return slash != std::string_view::npos && match_here(pattern, path.substr(slash + 1));
}

} // namespace kedge
