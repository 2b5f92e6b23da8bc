#include "model/rules.h"

#include <algorithm>

namespace kedge {

Digest own_rules_digest(const CompareRules& rules) {
    if (rules.ignore.empty() && rules.keep.empty()) return {};
    auto ignore = rules.ignore;
    auto keep = rules.keep;
    std::sort(ignore.begin(), ignore.end());
    std::sort(keep.begin(), keep.end());
    std::string text = "rules:1";
    for (const auto& path : ignore) text += "\nignore " + path;
    for (const auto& path : keep) text += "\nkeep " + path;
    return sha256(text);
}

} // namespace kedge
