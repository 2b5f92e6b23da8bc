#include "view/preview_status.h"

#include "view/phrases.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr int most_annotation_columns = 500; // of an annotation: what is longer nobody reads there

std::string description_of(const Preview& preview) {
    auto text = verdict_words(preview);
    switch (verdict_of(preview)) {
    case PreviewVerdict::held:
        text += "; " + planned_in(preview);
        break;
    case PreviewVerdict::risky:
    case PreviewVerdict::ready:
        break;
    default:
        return text;
    }
    const auto share = share_words(preview);
    return share.empty() ? text : text + "; touches " + share;
}

// Whole characters; `most` counts bytes.
std::string cut(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    if (most <= 3) return text.substr(0, 0);
    std::size_t end = most - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

Annotation annotation_of(const UnitPreview& unit, const Finding& finding) {
    Annotation one;
    one.path = path_in_repository(unit.folder, finding.place.file);
    one.first_line = one.last_line = std::max(1, finding.place.line);
    one.level = finding.severity == Severity::error ? AnnotationLevel::failure : AnnotationLevel::warning;
    one.title = finding.policy ? "kedge: not allowed here" : "kedge: manifest";
    one.text = visible(finding.message) + (finding.hint.empty() ? "" : "; " + visible(finding.hint));
    return one;
}

Annotation annotation_of(const UnitPreview& unit, const Change& change) {
    const auto& place = change.check.place.file.empty() ? change.place : change.check.place;
    Annotation one;
    one.path = path_in_repository(unit.folder, place.file);
    one.first_line = one.last_line = std::max(1, place.line);
    one.level = AnnotationLevel::failure;
    one.title = "kedge: the control plane would refuse " + visible(change.name);
    one.text = check_words({change.check.kind, change.check.text, {}});
    return one;
}

void add(std::vector<Annotation>& all, Annotation one) {
    if (one.path.empty()) return;
    one.title = shorten(one.title, most_annotation_columns);
    one.text = shorten(one.text, most_annotation_columns);
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(std::move(one));
}

// Errors first: where not all fit, these do.
std::vector<Annotation> annotations_of(const Preview& preview, std::size_t most) {
    std::vector<Annotation> all;
    for (const auto level : {Severity::error, Severity::warning}) {
        for (const auto& unit : preview.units) {
            if (!unit.plan) continue;
            for (const auto& finding : unit.plan->findings) {
                if (finding.severity == level && all.size() < most) add(all, annotation_of(unit, finding));
            }
            for (const auto& change : unit.plan->changes) {
                const bool refused = change.check.kind == CheckKind::refused && change.left_alone.empty();
                if (level == Severity::error && refused && all.size() < most) add(all, annotation_of(unit, change));
            }
        }
    }
    return all;
}

} // namespace

CommitStatus preview_status(const Preview& preview, const StatusLimits& limits) {
    CommitStatus status;
    status.state = state_of(verdict_of(preview));
    status.line = cut(description_of(preview), limits.description);
    status.annotations = annotations_of(preview, limits.annotations);
    return status;
}

} // namespace kedge
