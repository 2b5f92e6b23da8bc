// The bare copy of a remote repository on our disk: made and moved on by the git program as a child process. Promises
// that a failed fetch leaves the last good state readable, and that one process at a time works on it. Reading it is
// git_tree's.
#pragma once
#include "io/process.h"
#include "io/task.h"
#include "io/worker.h"
#include "source/git_errors.h"
#include "source/git_options.h"
#include "source/mirror_lock.h"

#include <string>
#include <vector>

namespace kedge {

class GitMirror final {
public:
    // All must outlive this; the options are checked already. `stop` may be absent.
    GitMirror(const GitSourceOptions& options, Worker& worker, Stop* stop);

    // Fetches the wanted ref and gives what it is called in the mirror: a ref, or the commit id. Makes the mirror when
    // there is none, and once anew when git says that it is damaged. Throws Failure.
    Task<std::string> update();
    // Fetches a head beside the wanted ref (see is_pull_ref), or a commit by its full id, and gives what it is called
    // in the mirror. So many are kept; older ones go. Throws Failure: wait_for_change where it is not there.
    Task<std::string> fetch_head(std::string ref_or_id);
    // The branch that the remote's HEAD leads to. Throws Failure.
    Task<std::string> default_branch();
    // Moves the mirror aside (one old copy is kept), so that the next update makes it anew.
    Task<void> set_aside();

    const std::string& repository() const { return repository_; }

private:
    Task<MirrorLock> lock();
    Task<void> make_ready();
    Task<void> make_repository();
    Task<ProcessResult> git(std::vector<std::string> arguments);
    Task<GitProblem> fetch(std::vector<std::string> flags, std::string refspec);
    Task<GitProblem> fetch_wanted();
    Task<GitProblem> fetch_commit(std::string id, std::string local);
    Task<void> drop_old_heads(std::string newest);
    [[noreturn]] void fail_missing_head(const std::string& wanted) const;
    Task<bool> has_commit(std::string id);
    Task<void> fail_missing_ref();
    Task<void> keep_small();
    std::string local_ref() const;
    std::string remote_url() const;
    [[noreturn]] void fail_timeout() const;
    [[noreturn]] void fail_stopped() const;
    void move_aside();

    const GitSourceOptions& options_;
    Worker& worker_;
    Stop* stop_;
    std::string repository_;
    std::string home_;
    std::string errors_; // standard error of the last git
};

} // namespace kedge
