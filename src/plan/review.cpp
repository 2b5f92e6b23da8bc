#include "plan/review.h"

#include "plan/holds.h"
#include "plan/release.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace kedge {

namespace {

std::string place_of(const ReviewedChange& seen) {
    return seen.pull + " (commit " + seen.head.substr(0, 12) + ")";
}

// Of the last time that this name was shown.
std::string what_moved(const Change& change, const ReviewedChange& seen) {
    if (seen.change == change.digest) {
        return "it was previewed in " + place_of(seen) +
               ", but nobody other than the author approved that commit before it was merged";
    }
    const auto begin = "it is not what was previewed in " + place_of(seen) + ": ";
    const bool git_moved = seen.desired != change.desired;
    const bool live_moved = seen.live != change.live;
    if (git_moved && live_moved) return begin + "git and the control plane have moved since";
    if (git_moved) return begin + "git has moved since";
    if (live_moved) return begin + "the control plane has moved since";
    return begin + "settings have moved since (another action, or another target)";
}

std::string never(RequirePreview rule) {
    return rule == RequirePreview::approved
               ? "it was not previewed in any pull request that is merged by now, so nobody can have approved it"
               : "it was not previewed in any pull request that is merged by now";
}

} // namespace

bool wants_review(const Change& change) {
    if (change.action == Action::keep || change.action == Action::adopt || change.action == Action::rotate)
        return false;
    switch (change.cause.kind) {
    case CauseKind::first_time:
    case CauseKind::git_moved:
    case CauseKind::both_moved:
    case CauseKind::removed_from_git:
    case CauseKind::settings_moved: // .kedge/overrides stand in git as well
        return true;
    case CauseKind::unknown:
    case CauseKind::live_moved:
    case CauseKind::secret_rotated:
    case CauseKind::kedge_changed:
        return false;
    }
    return false;
}

void hold_unreviewed(const PlanInput& input, std::vector<Change>& changes) {
    if (input.require_preview == RequirePreview::none) return;
    std::unordered_map<std::string, std::vector<const ReviewedChange*>> by_name; // those merged last first
    if (input.reviewed) {
        for (const auto& seen : *input.reviewed) by_name[seen.name].push_back(&seen);
    }
    const bool approved = input.require_preview == RequirePreview::approved;
    for (auto& change : changes) {
        if (!wants_review(change)) continue;
        const auto& seen = by_name[change.name];
        const auto same =
            std::find_if(seen.begin(), seen.end(), [&](const auto* one) { return one->change == change.digest; });
        const bool passes = std::any_of(same, seen.end(), [&](const auto* one) {
            return one->change == change.digest && (one->approved || !approved);
        });
        if (passes) continue;
        const auto* about = same != seen.end() ? *same : seen.empty() ? nullptr : seen.front();
        Hold hold;
        hold.reason = HoldReason::review;
        hold.text = about == nullptr ? never(input.require_preview) : what_moved(change, *about);
        hold.way_out = "open a pull request that shows it, or add to .kedge/releases: " + release_line(change);
        add_hold(change, std::move(hold));
    }
}

} // namespace kedge
