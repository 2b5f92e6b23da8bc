#include "view/markdown_parts.h"

#include "view/markdown_safe.h"
#include "view/phrases.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_named = 5;

std::string line_of(const FieldDifference& d) {
    const std::string path = fenced_text(d.path);
    const auto value = [](const std::string& text) { return fenced_text(text); };
    switch (d.kind) {
    case DifferenceKind::added:
        return "+ " + path + ": " + value(d.desired) + "\n";
    case DifferenceKind::removed:
        return "- " + path + ": " + value(d.live) + "\n";
    case DifferenceKind::changed:
        return "- " + path + ": " + value(d.live) + "\n+ " + path + ": " + value(d.desired) + "\n";
    case DifferenceKind::secret_changed:
        return "! " + path + ": (secret) -> (secret)\n";
    case DifferenceKind::secret_unknown:
        return "# " + path + ": hidden by the control plane, not compared\n";
    case DifferenceKind::normalised:
        return "# " + path + ": differs only as the control plane stores it\n";
    }
    return "";
}

} // namespace

std::string markdown_codes(const std::vector<std::string>& list) {
    std::vector<std::string> shown;
    const std::size_t count = list.size() <= most_named + 1 ? list.size() : most_named;
    for (std::size_t i = 0; i < count; ++i) shown.push_back(markdown_code(list[i]));
    if (count < list.size()) shown.push_back(std::to_string(list.size() - count) + " more");
    return joined(shown);
}

int count_errors(const std::vector<Finding>& findings) {
    return static_cast<int>(std::count_if(findings.begin(), findings.end(),
                                          [](const Finding& f) { return f.severity == Severity::error; }));
}

std::string diff_lines(const FieldDifference& difference, const Change& change) {
    auto text = line_of(difference);
    const auto known = last_known(difference, change);
    if (!known.empty()) text += "# " + fenced_text(difference.path) + ": " + fenced_text(known) + "\n";
    return text;
}

} // namespace kedge
