#include "view/phrases.h"
#include "view/safe_text.h"
#include "view/text.h"
#include "view/text_change.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

// Tabs are shown as one space here, so that the caret stands under the character that is meant.
std::string without_tabs(std::string text) {
    std::replace(text.begin(), text.end(), '\t', ' ');
    return text;
}

void excerpt(Sheet& sheet, const Finding& finding) {
    constexpr int before_caret = 20;
    const std::string source = without_tabs(finding.excerpt);
    const std::string number = finding.place.line > 0 ? std::to_string(finding.place.line) : "";
    const std::string gutter = "  " + number + " | ";
    const std::string blank(number.size(), ' ');
    const int room = sheet.width() - display_width(gutter);
    const std::string shown = visible(source);
    const std::string start = visible_start(source, std::max(finding.place.column - 1, 0));
    int caret = display_width(start);
    if (caret < room - 4) {
        sheet.line(sheet.paint()(Colour::dim, gutter) + shorten(shown, room));
    } else {
        // A long line is shown from shortly before the caret on.
        const std::string lead = visible_start(source, std::max(finding.place.column - 1 - before_caret, 0));
        sheet.line(sheet.paint()(Colour::dim, gutter) + "..." + shorten(shown.substr(lead.size()), room - 3));
        caret = display_width(start) - display_width(lead) + 3;
    }
    if (finding.place.column <= 0) return;
    sheet.line(sheet.paint()(Colour::dim, "  " + blank + " | ") + std::string(static_cast<std::size_t>(caret), ' ') +
               sheet.paint()(Colour::red, "^"));
}

void finding_block(Sheet& sheet, const Finding& finding) {
    const bool error = finding.severity == Severity::error;
    const auto place = visible(to_text(finding.place));
    const std::string start = place.empty() ? "" : place + ": ";
    const std::string kind = error ? "error: " : "warning: ";
    const std::string message = visible(finding.message);
    const auto lines = wrap(start + kind + message, sheet.width() - 2);
    // The place and the kind are painted apart where they share the first line.
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string whole = start + kind;
        if (i == 0 && lines[i].starts_with(whole)) {
            sheet.line(sheet.paint()(Colour::bold, start) + sheet.paint()(error ? Colour::red : Colour::yellow, kind) +
                       lines[i].substr(whole.size()));
        } else {
            sheet.line((i == 0 ? "" : "  ") + lines[i]);
        }
    }
    if (!finding.excerpt.empty()) excerpt(sheet, finding);
    if (!finding.hint.empty()) sheet.prose(2, "hint: " + visible(finding.hint), Colour::cyan, 6);
}

std::string finding_counts(const std::vector<Finding>& findings) {
    int errors = 0;
    std::set<std::string> files;
    for (const auto& finding : findings) {
        if (finding.severity == Severity::error) ++errors;
        if (!finding.place.file.empty()) files.insert(finding.place.file);
    }
    const int warnings = static_cast<int>(findings.size()) - errors;
    std::vector<std::string> parts;
    if (errors > 0) parts.push_back(counted(errors, "error", "errors"));
    if (warnings > 0) parts.push_back(counted(warnings, "warning", "warnings"));
    std::string text = parts.empty() ? "no errors, no warnings" : joined(parts);
    if (!files.empty()) text += " in " + counted(static_cast<int>(files.size()), "file", "files");
    return text;
}

} // namespace

std::string render_findings(const std::vector<Finding>& findings, const TextStyle& style) {
    Sheet sheet(style);
    for (const auto& finding : findings) {
        finding_block(sheet, finding);
        sheet.line();
    }
    sheet.prose(0, finding_counts(findings), Colour::bold);
    return sheet.take();
}

} // namespace kedge
