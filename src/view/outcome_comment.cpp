// What came of a merged pull request, above what had been shown before.
#include "view/markdown_parts.h"
#include "view/markdown_safe.h"
#include "view/phrases.h"
#include "view/preview_comment.h"
#include "view/preview_head.h"
#include "view/preview_page.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

struct Sums {
    int applied = 0;
    int held = 0;
    int failed = 0;
    bool waits = false;
    bool stopped = false;
};

Sums sums_of(const std::vector<PreviewOutcome>& outcomes) {
    Sums sums;
    sums.waits = outcomes.empty();
    for (const auto& outcome : outcomes) {
        sums.applied += outcome.applied;
        sums.held += outcome.held;
        sums.failed += outcome.failed;
        sums.waits = sums.waits || outcome.at == 0;
        sums.stopped = sums.stopped || (outcome.at != 0 && !outcome.text.empty());
    }
    return sums;
}

// "Applied: 3 changes; 1 is held".
std::string verdict_line(const Sums& sums) {
    const std::string mark = sums.failed > 0 ? "❌" : sums.held > 0 || sums.stopped ? "⚠️" : sums.waits ? "⏳" : "✅";
    std::string text = "### " + mark + " Merged: ";
    if (sums.applied + sums.held + sums.failed == 0)
        return text +
               (sums.waits     ? "not applied yet"
                : sums.stopped ? "not applied"
                               : "nothing was left to do") +
               "\n\n";
    std::vector<std::string> parts;
    if (sums.applied > 0) parts.push_back(counted(sums.applied, "change", "changes") + " applied");
    if (sums.held > 0) parts.push_back(std::to_string(sums.held) + " held");
    if (sums.failed > 0) parts.push_back(std::to_string(sums.failed) + " failed");
    text += joined(parts);
    return text + (sums.waits ? "; some units are still to follow" : "") + "\n\n";
}

std::string unit_line(const PreviewOutcome& outcome) {
    std::string text = "- " + markdown_code(outcome.unit) + ": ";
    std::vector<std::string> parts;
    if (outcome.applied > 0)
        parts.push_back("**" + std::to_string(outcome.applied) + " applied**" +
                        (outcome.names.empty() ? "" : " (" + markdown_codes(outcome.names) + ")"));
    if (outcome.held > 0) parts.push_back("**" + std::to_string(outcome.held) + " held**");
    if (outcome.failed > 0) parts.push_back("**" + std::to_string(outcome.failed) + " failed**");
    if (parts.empty()) parts.emplace_back(outcome.at == 0 ? "its pass has not ended yet" : "nothing was left to do");
    text += joined(parts);
    if (outcome.at != 0) {
        text += ", at " + format_utc(outcome.at);
        if (!outcome.commit.empty()) text += " from " + markdown_code(outcome.commit.substr(0, 7));
    }
    if (!outcome.text.empty()) text += "; " + markdown_text(outcome.text);
    return text + "\n";
}

std::string remaining_line(const PreviewOutcome& outcome, const PreviewLine& line, bool several) {
    std::string text = "- " + std::string(to_text(line.action)) + " " + markdown_code(shorten(visible(line.name), 100));
    if (several) text += " in " + markdown_code(outcome.unit);
    text += ": " + (line.text.empty() ? std::string(to_text(line.result)) : markdown_text(line.text));
    if (!line.digest.empty()) text += " (change `" + line.digest.short_hex() + "`)";
    if (!line.way_out.empty()) text += "; what ends it: " + markdown_code(line.way_out);
    return text + "\n";
}

std::vector<std::string> remaining(const std::vector<PreviewOutcome>& outcomes, bool held) {
    std::vector<std::string> lines;
    for (const auto& outcome : outcomes) {
        for (const auto& line : outcome.remaining) {
            const bool waits = line.result == Result::held || line.result == Result::blocked;
            if (waits == held) lines.push_back(remaining_line(outcome, line, outcomes.size() > 1));
        }
    }
    return lines;
}

void add_remaining(PreviewPage& page, const std::string& head, const std::vector<std::string>& lines, int all) {
    if (lines.empty()) return;
    page.add("\n**" + head + "**\n\n");
    int shown = 0;
    for (const auto& line : lines) {
        if (page.add(line)) ++shown;
    }
    if (shown < all) page.always("- and " + std::to_string(all - shown) + " more\n");
}

} // namespace

std::string outcome_comment(const std::vector<PreviewOutcome>& outcomes, const Preview& preview,
                            const CommentFrame& frame) {
    const std::string marker = frame.marker.empty() ? "" : frame.marker + "\n";
    CommentFrame closed = frame; // what is merged is not planned again
    closed.takes_commands = false;
    const auto foot = foot_of(preview, closed);
    const auto reserved = marker.size() + foot.size() + 200;
    PreviewPage page(frame.limit > reserved ? frame.limit - reserved : 0);
    const auto sums = sums_of(outcomes);
    page.always(verdict_line(sums));
    for (const auto& outcome : outcomes) page.add(unit_line(outcome));
    add_remaining(page, "Failed", remaining(outcomes, false), sums.failed);
    add_remaining(page, "Held", remaining(outcomes, true), sums.held);
    page.always("\n");
    page.add("<details><summary>What was shown before the merge</summary>\n\n" + headline_and_risks(preview, closed) +
             unit_lines(preview) + "</details>\n\n");
    return marker + page.text() + foot;
}

} // namespace kedge
