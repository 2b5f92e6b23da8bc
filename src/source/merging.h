// Merges the heads of pull requests into the branch that a source follows, in memory: no work tree, nothing written
// beside the mirror. What merging gives is read folder by folder, like any other revision.
#pragma once
#include "io/task.h"
#include "source/source.h"

#include <string>
#include <vector>

namespace kedge {

struct PullHead {
    std::string ref;    // see is_pull_ref; empty: the commit is asked for by its id
    std::string commit; // full id that is meant; empty: whatever the ref leads to
};

// "refs/pull/7/head" or "refs/merge-requests/7/head": the only refs that are fetched beside a followed one.
bool is_pull_ref(const std::string& ref);

struct Merge {
    std::string base_commit;
    std::string head_commit;
    std::string tree;                   // id of what merging gives; empty: it does not merge
    std::vector<std::string> conflicts; // paths, sorted; of many the first ones
    std::size_t more_conflicts = 0;     // beyond those
    std::string problem;                // why it cannot be merged though no path conflicts; empty: it can
    bool is_merged = false;             // the head is part of the base already: `tree` is the base's

    bool operator==(const Merge&) const = default;
};

class Merging {
public:
    virtual ~Merging() = default;
    // What merges into the branch of this name concerns whoever follows this repository. Throws Failure.
    virtual Task<bool> follows(std::string branch) = 0;
    // Fetches both sides and merges them. The objects of the merge before are forgotten. Throws Failure: the head is
    // not there (yet), the mirror cannot be fetched.
    virtual Task<Merge> merge(PullHead head) = 0;
    // Nobody reads what was merged any more.
    virtual Task<void> rest() = 0;
};

// A folder of what merging gives.
class MergedFolder : public Source {
public:
    // What fetch() gives from now on.
    virtual void show(const Merge& merge) = 0;
};

} // namespace kedge
