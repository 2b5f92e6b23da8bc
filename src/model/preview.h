// A pull request as its forge tells of it, and what merging it would do to each unit: values that the forges, the
// engine, the store and the views share. Nothing here was decided by a forge but what is named after it.
#pragma once
#include "base/digest.h"
#include "base/duration.h"
#include "model/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

enum class PullState { open, merged, closed };

struct PullRequest {
    std::string repository; // as the forge calls it: "owner/name", "group/sub/name"
    int number = 0;
    std::string title; // foreign text
    std::string author;
    std::string url; // its page, for people
    std::string base_branch;
    std::string base_commit; // tip of the base branch as the forge knew it; may be old
    std::string head_branch;
    std::string head_commit;
    std::string head_repository; // another than `repository`: a fork; empty: it is gone
    PullState state = PullState::open;
    std::string merge_commit; // once merged, where the forge tells it

    bool is_fork() const { return head_repository != repository; }
    bool operator==(const PullRequest&) const = default;
};

// What merging would do to one unit.
struct UnitPreview {
    std::string unit;
    std::string folder;                     // of its manifests in the repository: findings name paths below it
    std::optional<Plan> plan;               // nothing: see `problem`
    std::string problem;                    // why there is no plan, in words
    bool passes = false;                    // `problem` ends by itself (the control plane is away): asked again
    bool rehearsed = false;                 // the control plane was asked to check
    int owned = 0;                          // registrations that this unit owns now: what counts are a share of
    std::vector<std::string> moved_files{}; // manifests that only stand in another file, "old.yaml -> new.yaml"

    bool operator==(const UnitPreview&) const = default;
};

// What merging it would do, now: one head, put into one base.
struct Preview {
    PullRequest pull;
    std::string base_commit;            // that the head was merged into
    std::string tree;                   // id of the tree that merging gives; empty: it does not merge
    std::vector<std::string> conflicts; // paths that do not merge by themselves
    std::string problem;                // why nothing could be planned at all (a fork, too large, not fetched)
    bool passes = false;                // `problem` ends by itself
    UnixSeconds at = 0;
    std::vector<UnitPreview> units; // those that follow the base branch, in order of the settings

    bool operator==(const Preview&) const = default;
};

} // namespace kedge
