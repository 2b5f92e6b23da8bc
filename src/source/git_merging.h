// Merging in a git repository that sources share. Reads the mirror through a handle of its own, whose new objects stay
// in memory until the next merge; works on the repository's worker.
#pragma once
#include "source/git_repository.h"
#include "source/merging.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

class GitMerging final : public Merging {
public:
    // `options`: of the repository; `folder` and patterns do not count.
    GitMerging(GitSourceOptions options, std::shared_ptr<GitRepository> repository);
    ~GitMerging() override;
    GitMerging(const GitMerging&) = delete;
    GitMerging& operator=(const GitMerging&) = delete;

    Task<bool> follows(std::string branch) override;
    Task<Merge> merge(PullHead head) override;
    Task<void> rest() override;

    // The tree is touched on the repository's worker only.
    GitTree& tree() { return tree_; }
    GitRepository& repository() { return *repository_; }

private:
    Task<std::string> head_commit(PullHead head);

    GitSourceOptions options_;
    std::shared_ptr<GitRepository> repository_;
    GitTree tree_; // touched on the worker only
    std::string default_branch_;
    std::chrono::steady_clock::time_point asked_{}; // when it was that
};

class GitMergedFolder final : public MergedFolder {
public:
    // `options`: of the source that follows the branch.
    GitMergedFolder(GitSourceOptions options, std::shared_ptr<GitMerging> merging);
    void show(const Merge& merge) override { merge_ = merge; }

    Task<Snapshot> fetch() override;
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override;
    // Commits of the pull request alone.
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override;
    void pin(const std::string&) override {} // what merging would do is asked, wherever a rollback stays

    std::size_t folders_read() const { return folders_read_; } // by the last fetch

private:
    GitSourceOptions options_;
    std::shared_ptr<GitMerging> merging_;
    Merge merge_;
    TreeMemory memory_; // touched on the worker only, as the following
    std::size_t folders_read_ = 0;
};

} // namespace kedge
