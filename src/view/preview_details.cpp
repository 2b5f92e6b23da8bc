#include "view/preview_details.h"

#include "view/folds.h"
#include "view/markdown_parts.h"
#include "view/markdown_safe.h"
#include "view/phrases.h"
#include "view/preview_risks.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_difference_lines = 80; // of the differences of one change
constexpr std::size_t most_names = 100;
constexpr int most_headline_columns = 100; // of a name in a headline

std::string headline(const std::vector<const Change*>& changes) {
    const auto& change = *changes.front();
    std::string text = std::string(to_text(change.action)) + " <code>" +
                       html_text(shorten(visible(change.name), most_headline_columns)) + "</code>";
    if (changes.size() > 1)
        text += " " + others(changes.size());
    else if (!change.place.file.empty())
        text += " <code>" +
                html_text(
                    shorten(visible(to_text(Place{change.place.file, change.place.line, 0})), most_headline_columns)) +
                "</code>";
    if (change.is_left_alone()) return text + ": left alone";
    if (change.check.kind == CheckKind::refused) return text + ": <b>refused</b>";
    if (change.held()) return text + ": <b>held</b>, " + std::string(to_text(change.holds.front().reason));
    return text;
}

std::string place_line(const UnitPreview& unit, const Change& change, const PlaceLink& link) {
    std::string text = markdown_text(change.type);
    if (!change.place.file.empty()) {
        const auto place = link(path_in_repository(unit.folder, change.place.file), change.place.line);
        text += (text.empty() ? "" : ", ") + place;
    }
    if (!change.digest.empty())
        text += std::string(text.empty() ? "" : ", ") + "change `" + change.digest.short_hex() + "`";
    return text + "\n\n";
}

std::string names_line(const std::vector<const Change*>& changes) {
    std::vector<std::string> shown;
    for (const auto* change : changes) {
        if (shown.size() == most_names) break;
        shown.push_back(markdown_code(change->name) + " (`" + change->digest.short_hex() + "`)");
    }
    if (shown.size() < changes.size()) shown.push_back(std::to_string(changes.size() - shown.size()) + " more");
    return joined(shown) + "\n\n";
}

// What ends a hold; an entry for the file of releases stands on a line of its own, ready to be copied.
std::string way_lines(const UnitPreview& unit, const std::string& way) {
    const auto out = split_way_out(way);
    if (out.entry.empty()) return "What ends it: " + markdown_code(way) + "\n\n";
    return "What ends it: " + (out.words.empty() ? out.words : markdown_text(out.words) + " ") + "this entry in " +
           markdown_code(path_in_repository(unit.folder, ".kedge/releases")) + ":\n\n" +
           markdown_block(out.entry, "yaml") + "\n";
}

std::string hold_lines(const UnitPreview& unit, const Change& change) {
    std::string text;
    for (const auto& hold : change.holds) {
        text += "**Held**, " + markdown_text(hold_words(hold)) + ".\n\n";
        if (change.left_alone.empty()) text += way_lines(unit, way_out(hold, change));
    }
    return text;
}

std::string refusal_line(const UnitPreview& unit, const Change& change, const PlaceLink& link) {
    const auto& check = change.check;
    std::string text = "**Refused by the control plane**";
    if (!check.place.file.empty())
        text += " at " + link(path_in_repository(unit.folder, check.place.file), check.place.line);
    return text + ": " + (check.text.empty() ? std::string("it gave no reason") : markdown_text(check.text)) + ".\n\n";
}

std::string words_of(const UnitPreview& unit, const Change& change) {
    std::string text;
    if (!change.left_alone.empty()) text += "Left alone: " + markdown_text(change.left_alone) + ".\n\n";
    text += hold_lines(unit, change);
    if (change.released)
        text +=
            "Released" +
            (change.released_by.who.empty() ? std::string()
                                            : " by " + markdown_text(author_name(change.released_by.who))) +
            (change.released_by.because.empty() ? std::string() : ": " + markdown_text(change.released_by.because)) +
            ".\n\n";
    if (const auto cause = cause_words(change); !cause.empty()) text += "Cause: " + markdown_text(cause) + ".\n\n";
    if (change.check.kind == CheckKind::not_checked)
        text += "Not checked by the control plane" +
                (change.check.text.empty() ? std::string() : ": " + markdown_text(change.check.text)) + ".\n\n";
    return text;
}

std::string differences_of(const Change& change) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& difference : change.differences) {
        if (shown++ == most_difference_lines) break;
        text += diff_lines(difference, change);
    }
    if (text.empty()) return text;
    if (change.differences.size() > most_difference_lines)
        text += "# and " + std::to_string(change.differences.size() - most_difference_lines) + " more fields\n";
    return "```diff\n" + text + "```\n\n";
}

std::string folded_part(const std::string& head, const std::string& body) {
    return "<details><summary>" + head + "</summary>\n\n" + body + "</details>\n\n";
}

std::string codes_of(const std::vector<std::string>& names) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i) shown.push_back(markdown_code(names[i]));
    if (shown.size() < names.size()) shown.push_back(std::to_string(names.size() - shown.size()) + " more");
    return joined(shown);
}

std::string moved_part(const UnitPreview& unit) {
    if (unit.moved_files.empty()) return {};
    const int moved = static_cast<int>(unit.moved_files.size());
    return folded_part(counted(moved, "manifest moves", "manifests move") + " to another file, unchanged",
                       codes_of(unit.moved_files) + "\n\n");
}

std::string live_only_part(const Plan& plan) {
    if (plan.counts.live_only == 0) return {};
    const auto head = counted(plan.counts.live_only, "registration is", "registrations are") +
                      " live but not managed, and left alone";
    if (plan.live_only_names.empty()) return head + ".\n\n";
    return folded_part(head, codes_of(plan.live_only_names) + "\n\n");
}

std::string remarks_part(const Plan& plan) {
    std::string text;
    for (const auto& remark : remarks(plan, false)) {
        if (!remark.starts_with("Not in git, left alone")) text += "- " + markdown_text(remark) + "\n";
    }
    return text.empty() ? text : folded_part("What else there is to know", text + "\n");
}

} // namespace

std::vector<std::string> change_parts(const UnitPreview& unit, const PlaceLink& link) {
    std::vector<std::string> parts;
    if (!unit.plan) return parts;
    for (const auto& changes : folded(unit.plan->changes, is_shown)) {
        const auto& change = *changes.front();
        auto first = changes.size() > 1 ? names_line(changes) : place_line(unit, change, link);
        if (change.check.kind == CheckKind::refused) first += refusal_line(unit, change, link);
        parts.push_back(folded_part(headline(changes), first + words_of(unit, change) + differences_of(change)));
    }
    return parts;
}

std::vector<std::string> finding_parts(const UnitPreview& unit, Severity level, const PlaceLink& link) {
    std::vector<std::string> parts;
    if (!unit.plan) return parts;
    for (const auto& finding : unit.plan->findings) {
        if (finding.severity != level) continue;
        std::string line = level == Severity::error ? "- **Error** " : "- Warning ";
        if (!finding.place.file.empty())
            line += link(path_in_repository(unit.folder, finding.place.file), finding.place.line) + " ";
        line += markdown_text(finding.message);
        if (!finding.hint.empty()) line += "; " + markdown_text(finding.hint);
        parts.push_back(line + "\n");
    }
    return parts;
}

std::vector<std::string> other_parts(const UnitPreview& unit) {
    std::vector<std::string> parts{moved_part(unit)};
    if (unit.plan) {
        parts.push_back(live_only_part(*unit.plan));
        parts.push_back(remarks_part(*unit.plan));
    }
    std::erase(parts, "");
    return parts;
}

} // namespace kedge
