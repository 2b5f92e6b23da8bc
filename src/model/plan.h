// The sorted list of changes with holds and counts: a value. Same inputs, same bytes.
#pragma once
#include "model/change.h"
#include "model/condition.h"
#include "model/finding.h"
#include "model/limits.h"
#include "model/snapshot.h"
#include "model/target.h"

#include <string>
#include <vector>

namespace kedge {

struct PlanCounts {
    int manifests = 0;       // valid manifests in git
    int equal = 0;           // in git and live, nothing to do
    int adopted = 0;         // of the equal ones: newly taken into ownership without a write
    int normalised = 0;      // of the equal ones: equal but for what the server normalised
    int secrets_unknown = 0; // of the equal ones: hold a secret that the control plane hides and we never sent
    int live = 0;            // live registrations
    int live_only = 0;       // live, not in git, not ours: left alone
    int other_types = 0;     // documents of the vendor's other types: left alone
    int invalid = 0;         // manifests with errors: their live resources stay as they are
    int list_requests = 0;
    int dry_runs = 0;
    int other_requests = 0;

    bool operator==(const PlanCounts&) const = default;
};

// Changes that are held, and released, as one.
struct ChangeGroup {
    HoldReason reason = HoldReason::limit;
    std::string name; // "deletes", "lost", ...: what a release of it names
    Digest digest;    // over the sorted change digests of its members
    int size = 0;
    bool released = false;

    bool operator==(const ChangeGroup&) const = default;
};

// A live registration that waits for something: information, never a difference.
struct LiveCondition {
    std::string name;
    std::string remote_id;
    Condition condition;

    bool operator==(const LiveCondition&) const = default;
};

struct Plan {
    std::string installation; // empty: none configured
    std::string unit;
    TargetIdentity target;
    Revision revision;
    std::vector<Change> changes; // order of execution
    std::vector<ChangeGroup> groups;
    std::vector<BudgetLine> budget; // of limited kinds that are planned
    std::vector<Finding> findings;
    PlanCounts counts;
    std::vector<std::string> live_only_names; // sorted
    bool prune = false;                       // deletes may be planned at all
    std::string prune_off;                    // why not, where `prune` is false
    Digest digest;                            // over the sorted change digests
    std::vector<LiveCondition> conditions;    // of registrations in git or ours, sorted
    std::string selection;                    // what a command asked for, in words; empty: all of the unit
    int selected = 0;                         // with a selection: registrations in git or live that fit it

    bool operator==(const Plan&) const = default;
};

Digest plan_digest(const std::vector<Change>& changes);
// The changes that would run now, those that are held, and those that the settings ask to leave.
int count_running(const Plan& plan);
int count_held(const Plan& plan);
int count_left_alone(const Plan& plan);

} // namespace kedge
