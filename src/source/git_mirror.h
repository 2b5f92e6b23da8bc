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
    // Moves the mirror aside (one old copy is kept), so that the next update makes it anew.
    Task<void> set_aside();

    const std::string& repository() const { return repository_; }

private:
    Task<MirrorLock> lock();
    Task<void> make_repository();
    Task<ProcessResult> git(std::vector<std::string> arguments);
    Task<GitProblem> fetch(std::vector<std::string> flags, std::string refspec);
    Task<GitProblem> fetch_wanted();
    Task<GitProblem> fetch_commit();
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
