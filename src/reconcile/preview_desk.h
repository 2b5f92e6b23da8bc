// The previews of a running kedge as its doors see them: those that it has, the one of a pull request as it is now, and
// where to say that a pull request has moved.
#pragma once
#include "io/task.h"
#include "model/preview.h"

#include <memory>
#include <string>
#include <vector>

namespace kedge {

// From a webhook: only a reason to look. What it is about is asked from the forge.
struct PullHint {
    std::vector<std::string> urls; // of the repository, as the forge spells them
    int number = 0;                // of the pull request; 0: a commit of a merge queue
    std::string comment;           // somebody wrote it: its id
    std::string commands;          // digest of the commands in it: a comment that was edited since is another one
    std::string commit;            // of a merge queue
    std::string base_branch;       // that the queue merges into
};

class PreviewDesk {
public:
    virtual ~PreviewDesk() = default;
    // Those that are kept: of open pull requests, and of some that were closed lately.
    virtual std::vector<std::shared_ptr<const Preview>> previews() = 0;
    // Asks the forge for the pull request and plans it, unless that is under way already: then it is waited for. Null:
    // the settings know no such repository, or it has no such pull request. Throws Failure where that cannot be told.
    virtual Task<std::shared_ptr<const Preview>> preview_now(std::string repository, int number) = 0;
    // Returns at once. False: the settings know no such repository, or nothing more can wait.
    virtual bool pull_moved(PullHint hint) = 0;
};

} // namespace kedge
