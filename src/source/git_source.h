// A branch, tag or commit of a git repository, and a folder in it. A fetch moves a local mirror, which several sources
// may share (git_repository); everything else is read from that mirror (git_tree), on its worker thread.
#pragma once
#include "source/git_repository.h"
#include "source/source.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

class GitSource final : public Source {
public:
    // With a repository of its own.
    explicit GitSource(GitSourceOptions options, Stop* stop = nullptr);
    // `repository`: of the same url, ref and credentials. `max_age`: how old a fetch may be that others asked for.
    GitSource(GitSourceOptions options, std::shared_ptr<GitRepository> repository, Milliseconds max_age);
    ~GitSource() override;
    GitSource(const GitSource&) = delete;
    GitSource& operator=(const GitSource&) = delete;

    Task<Snapshot> fetch() override;
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override;
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override;
    void pin(const std::string& commit) override { pinned_ = commit; }
    Task<std::map<int, Commit>> blame(const Snapshot& snapshot, std::string path, std::vector<int> lines) override;

    // How many folders the last fetch had to read: those whose tree is not the one that was read before.
    std::size_t folders_read() const { return folders_read_; }

private:
    Task<Snapshot> list(std::string commit);
    Snapshot list_now(const std::string& commit);
    Snapshot list_commit(const std::string& commit, TreeMemory& memory);

    GitSourceOptions options_;
    std::shared_ptr<GitRepository> repository_;
    Milliseconds max_age_;
    std::string pinned_; // a commit to stay at; empty: follow the ref
    TreeMemory newest_;  // touched on the worker only, as the following
    TreeMemory meant_;
    std::string former_commit_; // that `former_` was made from, unpinned
    Snapshot former_;           // without its files, which stand in `newest_`
    std::size_t folders_read_ = 0;
};

} // namespace kedge
