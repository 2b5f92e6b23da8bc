#include "base/spelling.h"

#include <algorithm>
#include <cstdlib>

namespace kedge {

int edit_distance(std::string_view a, std::string_view b, int most) {
    if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) > most) return most + 1;
    std::vector<int> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        int least = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
            least = std::min(least, row[j]);
        }
        if (least > most) return most + 1;
        before.swap(above);
        above.swap(row);
    }
    return std::min(above[b.size()], most + 1);
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
    const int most = word.size() <= 4 ? 1 : 2;
    int best = most + 1;
    std::string found;
    for (const auto& candidate : candidates) {
        const int distance = edit_distance(word, candidate, most);
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

} // namespace kedge
