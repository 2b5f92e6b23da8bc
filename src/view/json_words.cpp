#include "view/json_words.h"

namespace kedge {

std::string_view to_text(DifferenceKind kind) {
    switch (kind) {
    case DifferenceKind::added:
        return "added";
    case DifferenceKind::removed:
        return "removed";
    case DifferenceKind::changed:
        return "changed";
    case DifferenceKind::secret_changed:
        return "secret_changed";
    case DifferenceKind::secret_unknown:
        return "secret_unknown";
    case DifferenceKind::normalised:
        return "normalised";
    }
    return "changed";
}

std::string_view to_text(CauseKind kind) {
    switch (kind) {
    case CauseKind::unknown:
        return "unknown";
    case CauseKind::first_time:
        return "first_time";
    case CauseKind::git_moved:
        return "git_moved";
    case CauseKind::live_moved:
        return "live_moved";
    case CauseKind::both_moved:
        return "both_moved";
    case CauseKind::secret_rotated:
        return "secret_rotated";
    case CauseKind::settings_moved:
        return "settings_moved";
    case CauseKind::kedge_changed:
        return "kedge_changed";
    case CauseKind::removed_from_git:
        return "removed_from_git";
    }
    return "unknown";
}

std::string_view to_text(CheckKind kind) {
    switch (kind) {
    case CheckKind::not_asked:
        return "not_asked";
    case CheckKind::not_checked:
        return "not_checked";
    case CheckKind::passed:
        return "passed";
    case CheckKind::refused:
        return "refused";
    }
    return "not_asked";
}

std::string_view to_text(Ownership ownership) {
    switch (ownership) {
    case Ownership::ours:
        return "ours";
    case Ownership::foreign:
        return "foreign";
    case Ownership::other_installation:
        return "other_installation";
    }
    return "foreign";
}

std::string_view to_text(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

} // namespace kedge
