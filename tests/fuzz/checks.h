// What the checks of all formats share: an invariant that ends the process where it does not hold, and what every
// finding must look like. Used by the fuzz targets and by the tests that replay their seeds.
#pragma once
#include "base/json.h"
#include "model/finding.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::fuzz {

inline void must(bool holds) {
    if (!holds) std::abort();
}

inline int line_count(std::string_view text) {
    // Every byte that may be part of a line break counts: an upper bound.
    return 2 + static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
               return c == '\n' || c == '\r' || static_cast<unsigned char>(c) >= 0x80;
           }));
}

inline void check_findings(const std::vector<Finding>& findings, std::string_view text, std::size_t most) {
    must(findings.size() <= most);
    for (const auto& finding : findings) {
        must(!finding.message.empty() && finding.message.size() <= 1300 && finding.hint.size() <= 1300);
        must(finding.place.line >= 0 && finding.place.line <= line_count(text) && finding.place.column >= 0);
        must(finding.excerpt.find('\n') == std::string::npos && finding.excerpt.size() <= 4 * 130);
        Json{finding.message, finding.hint, finding.excerpt, finding.name}.dump(); // throws on invalid UTF-8
    }
}

} // namespace kedge::fuzz
