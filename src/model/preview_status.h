// What a forge is told of a preview beside the comment: one status of the head commit, and remarks at lines.
#pragma once
#include "model/finding.h"

#include <string>
#include <vector>

namespace kedge {

enum class PreviewState {
    pending, // not known yet: asked again without anybody doing something
    success, // may be merged; what is held says so in words
    failure, // manifests with errors, refusals, conflicts, or no plan at all
};
std::string_view to_text(PreviewState state); // "pending", "success", "failure"

struct PreviewAnnotation {
    std::string path; // in the repository
    int line = 1;     // from 1
    Severity level = Severity::error;
    std::string title;
    std::string message; // plain text, one line

    bool operator==(const PreviewAnnotation&) const = default;
};

struct PreviewStatus {
    PreviewState state = PreviewState::pending;
    std::string description; // plain text, one line
    std::vector<PreviewAnnotation> annotations{};

    bool operator==(const PreviewStatus&) const = default;
};

} // namespace kedge
