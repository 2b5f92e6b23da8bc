#include "plan/changes.h"

#include "plan/excerpt.h"
#include "plan/field_paths.h"
#include "plan/moved.h"

#include <algorithm>

namespace kedge {

namespace {

bool is_sent(const OwnedEntry* owned) {
    return owned != nullptr && !owned->sent.empty();
}

bool needs_replacement(const PlanInput& input, const Compared& compared) {
    if (compared.replace || compared.candidate.desired->entry->type != compared.candidate.live->type) return true;
    return !replaced_fields(input, compared).empty();
}

CauseKind kind_of(bool git_moved, bool live_moved) {
    if (git_moved && live_moved) return CauseKind::both_moved;
    if (git_moved) return CauseKind::git_moved;
    return live_moved ? CauseKind::live_moved : CauseKind::unknown;
}

CauseKind cause_of(const PlanInput& input, const Compared& compared) {
    const auto& candidate = compared.candidate;
    const auto* owned = candidate.owned;
    const bool adopted_unequal = owned != nullptr && owned->sent.empty() && owned->answered.empty();
    if (owned == nullptr || adopted_unequal) return CauseKind::first_time;
    const bool same_text = !owned->blob_id.empty() && owned->blob_id == candidate.desired->file->blob_id;
    const bool other_than_sent = is_sent(owned) && owned->sent != candidate.desired->entry->desired;
    if (candidate.live == nullptr) return kind_of(other_than_sent, true);
    // The same text and the same live version: what moved is the way they are compared.
    const bool same_version = owned->version.empty() || owned->version == candidate.live->version;
    if (input.rules_moved && same_text && same_version && !candidate.rotated) return CauseKind::kedge_changed;
    const bool live_moved =
        !owned->answered.empty() && owned->answered != candidate.live->live && !stayed_the_same(compared);
    if (same_text && other_than_sent && !live_moved) return CauseKind::settings_moved;
    // What overrides changed is in git as well, though the manifest's own text is the same.
    const auto kind = kind_of(other_than_sent, live_moved);
    return kind == CauseKind::unknown && candidate.rotated ? CauseKind::secret_rotated : kind;
}

CommitReference commit_of(const PlanInput& input, CauseKind kind, const std::string& path) {
    if (kind == CauseKind::live_moved || kind == CauseKind::secret_rotated) return {};
    const auto found = input.causes.find(path);
    return found == input.causes.end() ? CommitReference() : found->second;
}

bool has_moved_hidden(const Candidate& candidate) {
    return candidate.desired != nullptr && candidate.live != nullptr &&
           kedge::has_moved_hidden(*candidate.desired->entry, candidate.owned);
}

// What live never shows is a line of the change only where it is a reason for it.
void add_hidden(const Compared& compared, Change& change) {
    const auto& hidden = compared.comparison.hidden;
    if (!has_moved_hidden(compared.candidate)) return;
    const auto kind = hidden.size() == 1 ? DifferenceKind::secret_changed : DifferenceKind::secret_unknown;
    for (const auto& path : hidden)
        change.differences.push_back({path, kind, std::string(hidden_secret), std::string(hidden_secret)});
    std::sort(change.differences.begin(), change.differences.end(),
              [](const FieldDifference& a, const FieldDifference& b) { return a.path < b.path; });
}

bool is_secret(DifferenceKind kind) {
    return kind == DifferenceKind::secret_changed || kind == DifferenceKind::secret_unknown;
}

} // namespace

std::string identity_of(const Capabilities& can, const std::string& name, const std::string& remote_id) {
    return can.names_unique || remote_id.empty() ? name : name + "\n" + remote_id;
}

std::vector<std::string> replaced_fields(const PlanInput& input, const Compared& compared) {
    std::vector<std::string> fields;
    const auto& references = compared.comparison.references;
    for (const auto& difference : compared.comparison.differences) {
        // A reference whose value moved: an update would be carried out without it.
        const bool moved = compared.candidate.rotated &&
                           std::find(references.begin(), references.end(), difference.path) != references.end();
        if (difference.kind == DifferenceKind::secret_unknown && !moved) continue;
        const auto& fixed = input.description.can.replace_fields;
        const bool cannot = std::any_of(fixed.begin(), fixed.end(), [&](const std::string& field) {
            // What is added below a field that was absent shows at the field itself, or above it.
            return lies_under(difference.path, field) || lies_under(field, difference.path);
        });
        if (cannot) fields.push_back(difference.path);
    }
    // Which of the hidden ones moved is not known: an update might leave the very one, and pass for done.
    if (!has_moved_hidden(compared.candidate)) return fields;
    const auto& fixed = input.description.can.replace_fields;
    for (const auto& path : compared.comparison.hidden) {
        if (std::find(fixed.begin(), fixed.end(), path) != fixed.end()) fields.push_back(path);
    }
    return fields;
}

bool is_as_last_sent(const Candidate& candidate) {
    return is_sent(candidate.owned) && candidate.desired != nullptr && candidate.live != nullptr &&
           candidate.owned->sent == candidate.desired->entry->desired &&
           candidate.owned->answered == candidate.live->live;
}

bool is_named_for_adoption(const Candidate& candidate) {
    return candidate.desired != nullptr && candidate.live != nullptr && !candidate.desired->entry->adopt.empty() &&
           candidate.desired->entry->adopt == candidate.live->remote_id;
}

Action action_of(const PlanInput& input, const Compared& compared) {
    const auto& candidate = compared.candidate;
    if (candidate.live == nullptr) return Action::create;
    if (needs_replacement(input, compared)) return Action::replace;
    const auto& comparison = compared.comparison;
    const bool ours = candidate.ownership == Ownership::ours;
    const bool accepted = is_as_last_sent(candidate) && !comparison.exact_differs;
    if (comparison.differs && !accepted) {
        return ours && comparison.only_secrets && !comparison.auth_change ? Action::rotate : Action::update;
    }
    // Git moved, and all that can be seen is equal: what moved is a secret that the control plane hides.
    const bool hidden_moved =
        has_moved_hidden(candidate) || (comparison.secret_unknown && is_sent(candidate.owned) &&
                                        candidate.owned->sent != candidate.desired->entry->desired);
    return ours && (candidate.rotated || hidden_moved) ? Action::rotate : Action::keep;
}

Change make_change(const PlanInput& input, const Compared& compared, Action action) {
    const auto& candidate = compared.candidate;
    const auto& entry = *candidate.desired->entry;
    const auto& file = *candidate.desired->file;
    Change change;
    change.action = action;
    change.name = entry.name;
    change.type = entry.type;
    change.place = {file.path, entry.line, 0};
    change.blob_id = file.blob_id;
    change.document = entry.document;
    change.desired = entry.desired;
    if (candidate.live != nullptr) {
        change.remote_id = candidate.live->remote_id;
        change.live = candidate.live->live;
        change.live_version = candidate.live->version;
        change.differences = compared.comparison.differences;
        change.auth_change = compared.comparison.auth_change;
        add_hidden(compared, change);
    }
    if (is_as_last_sent(candidate) && !compared.comparison.exact_differs) {
        for (auto& difference : change.differences) {
            if (!is_secret(difference.kind)) difference.kind = DifferenceKind::normalised;
        }
    }
    change.digest =
        change_digest(input.target.key(), action, identity_of(input.description.can, change.name, change.remote_id),
                      change.desired, change.live, compared.fingerprint);
    if (!input.description.can.rehearse) change.check.kind = CheckKind::not_checked;
    change.cause.kind = cause_of(input, compared);
    // An update carries the new value as well: a dry run that finds the rest equal must not drop it.
    if (candidate.live != nullptr && candidate.rotated) change.cause.secrets = entry.references;
    change.cause.commit = commit_of(input, change.cause.kind, file.path);
    note_move(input, compared, change);
    return change;
}

Change make_delete(const PlanInput& input, const Candidate& candidate) {
    const auto& live = *candidate.live;
    Change change;
    change.action = Action::remove;
    change.name = live.name;
    change.type = live.type;
    change.remote_id = live.remote_id;
    change.live = live.live;
    change.live_version = live.version;
    change.digest = change_digest(input.target.key(), Action::remove,
                                  identity_of(input.description.can, change.name, change.remote_id), {}, change.live);
    if (candidate.owned != nullptr) change.place.file = candidate.owned->path; // where it was
    if (is_superseded(candidate.owned, live)) return change;
    change.cause.kind = CauseKind::removed_from_git;
    if (candidate.owned != nullptr) {
        change.cause.commit = commit_of(input, change.cause.kind, candidate.owned->path);
    }
    return change;
}

namespace {

Change make_quiet(const PlanInput& input, const Candidate& pair, Action action) {
    const Compared equal{.candidate = pair, .comparison = {}, .replace = false, .fingerprint = {}, .nameless = {}};
    auto change = make_change(input, equal, action);
    change.check = {};
    change.cause = {};
    return change;
}

} // namespace

Change make_adoption(const PlanInput& input, const Candidate& pair) {
    return make_quiet(input, pair, Action::adopt);
}

Change make_keep(const PlanInput& input, const Candidate& pair) {
    auto change = make_quiet(input, pair, Action::keep);
    change.differences.clear();
    return change;
}

} // namespace kedge
