// Why a change is planned, in words: what moved, when that was seen, and what it was before.
#include "view/phrases.h"
#include "view/safe_text.h"

namespace kedge {

namespace {

std::string commit_words(const Commit& commit) {
    std::string text = "commit " + visible(commit.id.substr(0, 7));
    if (!commit.author.empty()) text += " by " + author_name(commit.author);
    if (!commit.title.empty()) text += ": " + shorten(visible(commit.title), 72);
    return text;
}

// All that differs was as git says when it was last known: then git tells the last known values.
bool moved_from_git(const Change& change) {
    bool any = false;
    for (const auto& difference : change.differences) {
        if (difference.kind == DifferenceKind::normalised || difference.kind == DifferenceKind::secret_unknown)
            continue;
        if (difference.known != difference.desired) return false;
        any = true;
    }
    return any;
}

// "changed in the control plane between A and B". The control plane's rows do not tell who it was.
std::string move_words(const Change& change) {
    const auto& cause = change.cause;
    std::string text = change.action == Action::create ? "deleted" : "changed";
    text += " by hand in the control plane";
    if (cause.moved_seen != 0) {
        text += cause.moved_after == 0
                    ? ", first seen at " + format_utc(cause.moved_seen)
                    : " between " + format_utc(cause.moved_after) + " and " + format_utc(cause.moved_seen);
    }
    if (moved_from_git(change)) text += "; until then it was as git says";
    return text;
}

} // namespace

std::string last_known(const FieldDifference& difference, const Change& change) {
    // That a secret was another one is all that may be said, and its line says it.
    if (difference.kind == DifferenceKind::secret_changed) return {};
    if (!difference.known || moved_from_git(change)) return {};
    return "last known: " + (difference.known->empty() ? "absent" : visible(*difference.known));
}

std::string cause_words(const Change& change) {
    const auto& cause = change.cause;
    const auto commit = cause.commit ? commit_words(*cause.commit) : std::string();
    std::string text;
    switch (cause.kind) {
    case CauseKind::unknown:
        text = commit;
        break;
    case CauseKind::first_time:
        text = change.action == Action::create ? "new in git" : "differs at the first comparison";
        if (!commit.empty()) text += ", " + commit;
        break;
    case CauseKind::git_moved:
        text = commit.empty() ? "changed in git" : commit;
        break;
    case CauseKind::live_moved:
        text = move_words(change);
        break;
    case CauseKind::both_moved:
        text = (commit.empty() ? "changed in git" : commit) + "; and " + move_words(change);
        break;
    case CauseKind::secret_rotated:
        text = "its secret has a new value";
        for (std::size_t i = 0; i < cause.secrets.size(); ++i)
            text += (i == 0 ? ": ${" : ", ${") + visible(cause.secrets[i]) + "}";
        if (cause.sharing > 1) text += ", used by " + std::to_string(cause.sharing) + " registrations";
        break;
    case CauseKind::settings_moved:
        text = "neither git nor the control plane: settings, overrides or rules moved";
        break;
    case CauseKind::kedge_changed:
        text = "neither git nor the control plane: this kedge compares by newer rules";
        break;
    case CauseKind::removed_from_git:
        text = "removed from git";
        if (!commit.empty()) text += ", " + commit;
        break;
    }
    if (!cause.renamed_from.empty())
        text += (text.empty() ? "" : "; ") + ("renamed from " + visible(cause.renamed_from));
    return text;
}

} // namespace kedge
