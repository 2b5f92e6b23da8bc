#include "view/preview_comment.h"

#include "view/markdown_safe.h"
#include "view/phrases.h"
#include "view/preview_details.h"
#include "view/preview_head.h"
#include "view/preview_page.h"
#include "view/preview_words.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

constexpr std::size_t most_unfolded = 12; // changes and errors
constexpr std::size_t note_room = 300;    // for saying what was left out
const std::string end_of_fold = "</details>\n\n";

using Texts = std::vector<std::string>;

// Adds parts of one kind and counts those for which there was no room.
class Parts final {
public:
    explicit Parts(PreviewPage& page) : page_(page) {}
    void add(const Texts& parts) {
        for (const auto& part : parts) {
            if (!page_.add(part)) ++left_out_;
        }
    }
    void fold(const std::string& head, const Texts& parts) {
        if (parts.empty()) return;
        if (!page_.open("<details><summary>" + head + "</summary>\n\n", "\n" + end_of_fold)) {
            left_out_ += parts.size();
            return;
        }
        add(parts);
        page_.close("\n" + end_of_fold);
    }
    std::int64_t left_out() const { return static_cast<std::int64_t>(left_out_); }

private:
    PreviewPage& page_;
    std::size_t left_out_ = 0;
};

// Two units may read one file: what is wrong with it is said once.
Texts findings_of(const Preview& preview, Severity level, const PlaceLink& link) {
    Texts all;
    std::set<std::string> known;
    for (const auto& unit : preview.units) {
        for (auto& part : finding_parts(unit, level, link)) {
            if (known.insert(part).second) all.push_back(std::move(part));
        }
    }
    return all;
}

std::int64_t add_errors(PreviewPage& page, const Preview& preview, const PlaceLink& link) {
    auto errors = findings_of(preview, Severity::error, link);
    if (errors.empty()) return 0;
    Texts first;
    const auto end = errors.begin() + static_cast<std::ptrdiff_t>(std::min(errors.size(), most_unfolded));
    first.assign(std::make_move_iterator(errors.begin()), std::make_move_iterator(end));
    errors.erase(errors.begin(), end);
    Parts parts(page);
    parts.add(first);
    page.add("\n");
    parts.fold(counted(static_cast<std::int64_t>(errors.size()), "more error", "more errors"), errors);
    return parts.left_out();
}

std::int64_t add_warnings(PreviewPage& page, const Preview& preview, const PlaceLink& link) {
    const auto warnings = findings_of(preview, Severity::warning, link);
    Parts parts(page);
    parts.fold(counted(static_cast<std::int64_t>(warnings.size()), "warning", "warnings"), warnings);
    return parts.left_out();
}

std::int64_t add_changes(PreviewPage& page, const Preview& preview, const PlaceLink& link) {
    Parts all(page);
    const bool several = preview.units.size() > 1;
    for (const auto& unit : preview.units) {
        const auto parts = change_parts(unit, link);
        if (parts.empty()) continue;
        const auto count = counted(static_cast<std::int64_t>(parts.size()), "change", "changes");
        if (parts.size() > most_unfolded) {
            all.fold(count + (several ? " of unit <code>" + html_text(unit.unit) + "</code>" : std::string()), parts);
            continue;
        }
        if (several) page.add("Unit " + markdown_code(unit.unit) + ":\n\n");
        all.add(parts);
    }
    return all.left_out();
}

std::string left_out_note(const Texts& what, const CommentFrame& frame) {
    Texts missing = what;
    std::erase(missing, "");
    if (missing.empty()) return {};
    const auto way = markdown_link("all of the plan", frame.page);
    return "⚠️ " + joined(missing) + " did not fit here: " +
           (way.front() == '[' ? way : std::string("`kedge plan` on this branch shows all of it")) + ".\n\n";
}

std::string count_or_nothing(std::int64_t count, std::string_view one, std::string_view many) {
    return count == 0 ? std::string() : counted(count, one, many);
}

bool is_one_line(const Preview& preview) {
    const auto verdict = verdict_of(preview);
    if (verdict == PreviewVerdict::unconcerned) return true;
    return verdict == PreviewVerdict::nothing && shown_changes(preview).empty() &&
           std::all_of(preview.units.begin(), preview.units.end(),
                       [](const UnitPreview& unit) { return !unit.plan || unit.plan->findings.empty(); });
}

std::string one_line(const Preview& preview, const CommentFrame& frame) {
    std::string text = "✅ **" + markdown_text(verdict_words(preview)) + "** (" + merge_words(preview);
    if (preview.at != 0) text += ", planned " + format_utc(preview.at);
    text += ").";
    if (!frame.remark.empty()) text += " " + markdown_text(frame.remark);
    return text + "\n";
}

} // namespace

std::string preview_comment(const Preview& preview, const CommentFrame& frame) {
    const std::string marker = frame.marker.empty() ? "" : frame.marker + "\n";
    const auto foot = foot_of(preview, frame);
    const auto reserved = marker.size() + foot.size() + note_room + 3 * frame.page.size();
    PreviewPage page(frame.limit > reserved ? frame.limit - reserved : 0);
    if (is_one_line(preview)) {
        page.always(one_line(preview, frame));
        for (const auto& unit : preview.units) {
            if (!unit.moved_files.empty()) page.add("\n" + other_parts(unit).front());
        }
        return marker + page.text();
    }
    const auto link = place_link(frame);
    page.always(headline_and_risks(preview, frame));
    page.always(unit_lines(preview));
    page.always(next_steps(preview, frame));
    const auto errors = add_errors(page, preview, link);
    const auto changes = add_changes(page, preview, link);
    const auto warnings = add_warnings(page, preview, link);
    Parts others(page);
    for (const auto& unit : preview.units) others.add(other_parts(unit));
    const auto note = left_out_note(
        {count_or_nothing(errors, "error", "errors"), count_or_nothing(changes, "change", "changes"),
         count_or_nothing(warnings, "warning", "warnings"), count_or_nothing(others.left_out(), "remark", "remarks")},
        frame);
    return marker + page.text() + note + foot;
}

} // namespace kedge
