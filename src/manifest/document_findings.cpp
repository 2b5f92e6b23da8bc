#include "manifest/document_findings.h"

#include "manifest/yaml_builder.h"
#include "manifest/yaml_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_findings = 100;
constexpr std::size_t most_characters = 300; // keys and values in a message can be as long as the file

} // namespace

void DocumentFindings::add(Severity severity, Place place, std::string message, std::string hint) {
    if (severity == Severity::error) has_error_ = true;
    if (findings_.size() > most_findings) return;
    if (findings_.size() == most_findings) {
        message = "more than 100 mistakes in this document: the others are not shown";
        hint = "mend these first";
        severity = Severity::error;
    }
    message = cut_line(clean_line(message), most_characters);
    hint = cut_line(clean_line(hint), most_characters);
    Finding finding{severity, std::move(place), std::move(message), std::move(hint), "", ""};
    finding.excerpt = excerpt_of(text_, finding.place);
    findings_.push_back(std::move(finding));
}

void DocumentFindings::include(std::vector<Finding> others) {
    for (auto& finding : others) findings_.push_back(std::move(finding));
}

std::vector<Finding> DocumentFindings::take(const std::string& name) {
    for (auto& finding : findings_) finding.name = name;
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
        return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    return std::move(findings_);
}

std::string dotted(std::string_view pointer) {
    std::string text;
    if (pointer.starts_with('/')) pointer.remove_prefix(1);
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            text += '.';
        } else if (pointer[i] == '~' && i + 1 < pointer.size()) {
            text += pointer[++i] == '1' ? '/' : '~';
        } else {
            text += pointer[i];
        }
    }
    return text;
}

std::string pointer_to(std::string_view parent, std::string_view key) {
    std::string pointer(parent);
    append_segment(pointer, key);
    return pointer;
}

} // namespace kedge
